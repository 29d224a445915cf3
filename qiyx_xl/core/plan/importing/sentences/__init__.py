"""How the sentences of a document are read: where they stand, and which targets they state."""
