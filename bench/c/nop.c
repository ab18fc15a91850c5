/* The program that is started again and again: linked statically, so that one execution opens one file. */
int main(void) { return 0; }
