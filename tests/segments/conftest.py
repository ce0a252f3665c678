"""A shop floor whose syncs are followed by an evaluation."""

import pytest

from tests.customers.conftest import floor, sqlite_floor
from tests.customers.shop_floor import ShopFloor
from tests.segments.counted import Counted

__all__ = ["floor", "sqlite_floor"]


@pytest.fixture
def counted(floor: ShopFloor) -> Counted:
    """On both databases."""
    return Counted(floor)


@pytest.fixture
def sqlite_counted(sqlite_floor: ShopFloor) -> Counted:
    """For what is the verb's matter and not the database's."""
    return Counted(sqlite_floor)
