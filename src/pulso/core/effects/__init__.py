"""What did it do? Effects of festivals, strikes and pilots on a series, each with an interval that was tried on windows without any."""
