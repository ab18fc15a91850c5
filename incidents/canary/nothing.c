/* What the canary executes. */
int main(void)
{
	return 0;
}
