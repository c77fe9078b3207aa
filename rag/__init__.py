"""Communiqué: answers from your own documents, each tied to the sentence it came from."""
