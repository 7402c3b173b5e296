"""Raw files of publishers become observations and targets; nothing is lost on the way."""
