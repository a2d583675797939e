"""The verbs of the calls API, by what they are about: a declaration and a typed method for each."""
