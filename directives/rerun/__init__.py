"""Next year's campaign from last year's: what moves, by which rule, and what a person must decide. Pure."""
