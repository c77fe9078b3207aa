"""DOOR: the chat in the browser. It draws what the walks return and decides nothing."""
