"""Long words of answers, and pictures and tables of them."""
