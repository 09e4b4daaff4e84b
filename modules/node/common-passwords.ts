/**
 * A hundred of the commonest passwords of 8 characters or more, in lower case, with a space before and after each: one text,
 * which on a board stays in flash. Of one letter over and over there is none, see `chosenPasswordFault`.
 */
export const commonPasswords =
	" password 12345678 123456789 1234567890 12345678910 password1 iloveyou sunshine princess football" +
	" baseball superman qwertyuiop qwerty123 qwertyui qwerty12 qwerty1234 asdfghjkl asdfghjk asdfasdf asdf1234" +
	" 1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y q1w2e3r4 q1w2e3r4t5 1qaz2wsx 1qaz2wsx3edc zaq12wsx qazwsxedc qweasdzxc" +
	" 123qweasd 1234qwer qwer1234 abcd1234 abc12345 abcdefgh aa123456 a1234567 123456789a 123123123 12341234" +
	" 12344321 1234554321 12121212 11223344 87654321 987654321 0987654321 0123456789 147258369 789456123" +
	" 123456123 password12 password123 passw0rd p@ssw0rd pa55word changeme letmein1 welcome1 welcome123" +
	" admin123 admin1234 trustno1 iloveyou1 charlie1 michael1 football1 baseball1 princess1 sunshine1" +
	" superman1 jordan23 starwars startrek pokemon1 minecraft spiderman metallica slipknot liverpool" +
	" basketball chocolate butterfly computer internet whatever michelle jennifer samantha victoria" +
	" danielle jonathan nicholas benjamin midnight elephant garfield babygirl ";

/** Whether a password is one of those that are tried first, whatever its letters' case. */
export function isCommonPassword(password: string): boolean {
	return !password.includes(" ") && commonPasswords.includes(` ${password.toLowerCase()} `);
}
