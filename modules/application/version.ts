/** What is running: the version in package.json, as a test checks, since a board has no such file. */
export const version = "0.1.0";
