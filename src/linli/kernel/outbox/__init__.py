"""Events leave through here: written in the transaction of what happened, taken by whoever asked for them, each once."""
