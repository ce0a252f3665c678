"""Texts of automations: what they can say, what they can never say, and what is refused when they are saved."""

import time
from dataclasses import fields
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import templates
from bot.errors import Refused
from bot.rules.automations import READY_MADE
from bot.rules.customers import FIELDS, DataClass
from bot.rules.segments.days import Asof
from bot.rules.segments.facts import Facts
from bot.templates import NOBODY, SAMPLE, TOKENS, Shown, check, render, shown

ASOF = Asof(datetime(2026, 11, 20, 19, 0, tzinfo=UTC), "America/Denver")
NASTY = [
    "<!channel>", "<!here>", "<@U0123ABC>", "<https://evil.example|Cashier>", "{{ profile.fh_id }}", "{% assign x = 1 %}",
    "&lt;!channel&gt;", "*bold*", "_slanted_", "`code`", "a\nb", "\u202egnorw", "", "x" * 5_000, "Tom & Jerry",
]  # fmt: skip


def with_words(words: str) -> Shown:
    facts = Facts(
        fh_id=words, state=words, products=(words,) * 40, categories=(words,), last_budtender=words,
        last_order_type=words, last_order_status=words, groups=(words,),
    )  # fmt: skip
    return shown(facts, ASOF, first_name=words, last_name=words, home_store=words)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ profile.fh_total_spent }}", "412.50"),
        ("{% if profile.fh_total_spent > 100 %}big{% else %}small{% endif %}", "big"),
        ("{{ profile.first_name }} {{ profile.last_initial }}", "Jonah R."),
        ("{{ profile.fh_products }}", "Mesa Sunrise Pre-Roll, Live Resin 1g"),
        ("{% for one in profile.fh_products %}• {{ one }}\n{% endfor %}", "• Mesa Sunrise Pre-Roll\n• Live Resin 1g"),
        ("{{ profile.fh_products | first }} and {{ profile.fh_products.size }}", "Mesa Sunrise Pre-Roll and 2"),
        ("{{ profile.fh_last_orderdate }}", "2026-11-20"),
        ("{% if profile.fh_isloyal %}{{ profile.fh_points }} points{% endif %}", "120 points"),
        ("{{ profile.nickname | default: 'friend' }}", None),
        ("*{{ profile.home_store }}* & more", "*Downtown* &amp; more"),
    ],
)
def test_what_a_text_says(source: str, text: str | None) -> None:
    if text is None:
        with pytest.raises(Refused, match=r"Line 1: there is no “profile\.nickname”"):
            check(source)
    else:
        check(source)
        assert render(source, SAMPLE) == text


def test_every_token_of_the_guide_is_there_but_what_is_sensitive() -> None:
    guide = {name for name in FIELDS if name.startswith("fh_")}
    sensitive = {name for name, (kind, _) in FIELDS.items() if kind is DataClass.SENSITIVE}
    assert guide - set(TOKENS) == guide & sensitive
    assert not sensitive & set(TOKENS)
    assert set(TOKENS) - set(FIELDS) == {"last_initial"}
    assert not {"last_name", "email", "mobile", "address", "postal_code", "latitude", "longitude"} & set(TOKENS)


@pytest.mark.parametrize("name", [name for name, (kind, _) in FIELDS.items() if kind is DataClass.SENSITIVE])
@pytest.mark.parametrize(
    "form", ["{{ profile.X }}", "{{ profile['X'] }}", "{% if profile.fh_points == 7 %}{{ profile.X }}{% endif %}"]
)
def test_a_text_that_asks_for_something_sensitive_is_refused(name: str, form: str) -> None:
    with pytest.raises(Refused, match="Line 2: there is no"):
        check("Hello\n" + form.replace("X", name))


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("", "The text is empty."),
        ("x" * 2_001, "more than 2,000 letters"),
        ("Hi\n\n{{ profile.first_name | upcase", "Line 3: expected"),
        ("Hi\n{% if profile.fh_points %}", "At the end: expected tag endif"),
        ("{% nope %}", "Line 1: unexpected tag 'nope'"),
        ("{{ profile.fh_id | nope }}", "Line 1: unknown filter 'nope'"),
        ("a\nb {{ user.firstname }}", "Line 2: there is no “user.firstname”"),
        ("{{ profile }}", "there is no “profile”"),
        ("{{ profile[profile.fh_id] }}", "there is no"),
        ("{% assign all = profile %}{{ all.fh_id }}", "there is no “profile”"),
        ("{{ profile.__class__ }}", "there is no"),
        ("{{ profile.fh_id.__class__ }}", "there is no"),
        ("{% include 'secrets' %}", "unexpected tag 'include'"),
        ("{% render 'secrets' %}", "unexpected tag 'render'"),
        ("{{ 'PCFjaGFubmVsPg==' | base64_decode }}", "unknown filter"),
        ("{{ 100 | divided_by: profile.fh_total_orders }}", "Line 1: divided_by: can't divide by 0"),
        ("{% for n in (1..999999999) %}x{% endfor %}", "can't count"),
        ("{{ (1..999999999) | sort | first }}", "can't count"),
        ("{% if profile.fh_points == 7 %}{% if (1..99999999) contains 'x' %}{% endif %}{% endif %}", "can't count"),
        ("{% assign x = 9999999 %}" + "{% assign x = x | times: x %}" * 60, "grows too long"),
        ("{% capture x %}" + "x" * 900 + "{% endcapture %}" + "{{ x }}" * 9, "grows too long"),
        ("{% for a in profile.groups %}" * 12 + "{% endfor %}" * 12, "."),
    ],
)
def test_a_text_that_would_fail_is_refused_when_it_is_saved(source: str, sentence: str) -> None:
    began = time.perf_counter()
    with pytest.raises(Refused, match=sentence):
        check(source)
    assert time.perf_counter() - began < 1


@pytest.mark.parametrize("words", NASTY)
@pytest.mark.parametrize("source", ["{{ profile.TOKEN }}", "{{ profile.TOKEN | upcase | truncate: 100 }}"])
@pytest.mark.parametrize("token", TOKENS)
def test_no_value_mentions_links_or_formats(token: str, source: str, words: str) -> None:
    text = render(source.replace("TOKEN", token), with_words(words))
    assert "<" not in text
    assert ">" not in text
    assert "*BOLD*" not in text.upper()
    assert "`CODE`" not in text.upper()
    assert "_SLANTED_" not in text.upper()


def test_a_value_is_no_template() -> None:
    assert render("{{ profile.fh_id }}", with_words("{{ profile.state }}")) == "{{ profile.state }}"


@settings(max_examples=150, deadline=2_000, suppress_health_check=[HealthCheck.too_slow])
@given(
    pieces=st.lists(
        st.sampled_from(
            [
                "{{ profile.fh_id }}", "{{ profile.fh_products | sort | join: 'x' }}", "{% for a in profile.fh_products %}",
                "{% endfor %}", "{% if profile.fh_points > 3 %}", "{% else %}", "{% endif %}", "{% assign x = x | times: x %}",
                "{% assign x = 99999999 %}", "{{ x }}", "<!channel>", "{{ '<!here>' | upcase }}", "{% capture x %}",
                "{% endcapture %}", "{{ x | slice: 1, 3 }}", "{{", "}}", "{%", "%}", "{{ 'a' | truncate: 99999999999 }}",
                "{{ 1e400 }}", "{{ -1 | round: -99999999 }}", "{{ 'ab' | slice: 99999999999999999999 }}", "\n",
                "{{ 2.5 | times: 1000000000000000000000000000000 | floor }}", "{% case x %}{% when 1 %}{% endcase %}",
            ]
        )
        | st.text(max_size=5),
        max_size=12,
    ),
    words=st.sampled_from(NASTY),
)  # fmt: skip
def test_any_text_is_refused_or_harmless(pieces: list[str], words: str) -> None:
    source = "".join(pieces)
    try:
        check(source)
        text = render(source, with_words(words))
    except Refused:
        return
    assert len(text) <= templates.LONGEST_TEXT * 5
    assert "<" not in text
    assert ">" not in text


@pytest.mark.parametrize("automation", READY_MADE, ids=lambda one: one.key)
def test_the_ready_made_texts_are_good_for_everybody(automation: object) -> None:
    source = automation.template  # type: ignore[attr-defined]
    check(source)
    assert render(source, SAMPLE)
    assert render(source, NOBODY)


@pytest.mark.parametrize(
    ("first", "last", "given", "initial"),
    [("Jonah", "Reed", "Jonah", "R."), ("Cher", "", "Cher", ""), ("", "", "", ""), ("303 555 0142", "", "", "")],
)
def test_a_name_is_masked_as_on_a_card(first: str, last: str, given: str, initial: str) -> None:
    made = shown(Facts(), ASOF, first_name=first, last_name=last)
    assert (made.first_name, made.last_initial) == (given, initial)


def test_days_are_the_stores_own() -> None:
    late = datetime(2026, 11, 21, 6, 30, tzinfo=UTC)  # 23:30 on the 20th in Denver
    assert shown(Facts(last_order_at=late), ASOF).fh_last_orderdate == "2026-11-20"


def test_what_is_shown_has_no_place_for_anything_sensitive() -> None:
    names = {field.name for field in fields(Shown)}
    assert not names & {"birth_date", "fh_cust_type", "fh_med_id", "medical_id", "personal", "customer_type"}
