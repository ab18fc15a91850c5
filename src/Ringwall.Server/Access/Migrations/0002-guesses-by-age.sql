-- Old ones are removed with each try, and somebody who tries many names must not make that slow.
CREATE INDEX access_guesses_seen ON access_guesses (seen);
