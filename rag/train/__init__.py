"""TOOLS: how the numbers and weights the package ships were made. Nothing here runs when a question is asked."""
