"""Automations: what happens to customers, found out durably, and what follows from it once for each occasion.

Whatever follows is done for staff, or told to the owner's own tool. Nothing goes to a customer.
"""
