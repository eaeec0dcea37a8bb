"""The handlers, by concern. Each is short: guard, one thing done, an answer."""
