"""The verbs of segments that people and the clock share: evaluate them, show them, make and change them, preview them."""
