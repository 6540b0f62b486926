on() { :; }
on