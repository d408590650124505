"""What a datanet and a record are: card, fields, canonical bytes, ids."""
