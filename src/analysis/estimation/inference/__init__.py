"""How an effect is judged: the rule, permutations, standard errors, intervals by inversion."""
