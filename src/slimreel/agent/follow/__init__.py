"""What is said about the last turn: corrections, repetitions, and turns that leave the verb out."""
