/** Published examples for SHA-256, HMAC, HKDF and PBKDF2. Bytes in hexadecimal unless called text. */

/** FIPS 180-2, appendix B, and the empty message: [text, digest]. */
export const sha256Vectors = (): readonly (readonly [string, string])[] => [
	["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
	["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
	[
		"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
	]
];

/** FIPS 180-2, appendix B.3: a million times the letter a. */
export const millionDigest = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

/** RFC 4231, section 4: [key, message, code]; case 5 has a code cut to 16 bytes. */
export const hmacVectors = (): readonly (readonly [string, string, string])[] => [
	["0b".repeat(20), "4869205468657265", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"],
	[
		"4a656665",
		"7768617420646f2079612077616e7420666f72206e6f7468696e673f",
		"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
	],
	["aa".repeat(20), "dd".repeat(50), "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"],
	[
		"0102030405060708090a0b0c0d0e0f10111213141516171819",
		"cd".repeat(50),
		"82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
	],
	["0c".repeat(20), "546573742057697468205472756e636174696f6e", "a3b6167473100ee06e0c796c2955552b"],
	[
		"aa".repeat(131),
		"54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579202d2048617368204b6579204669727374",
		"60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
	],
	[
		"aa".repeat(131),
		"5468697320697320612074657374207573696e672061206c6172676572207468616e20626c6f636b2d73697a65206b657920616e642061206c6172676572207468616e20626c6f636b2d73697a6520646174612e20546865206b6579206e6565647320746f20626520686173686564206265666f7265206265696e6720757365642062792074686520484d414320616c676f726974686d2e",
		"9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
	]
];

/** RFC 5869, appendix A.1 to A.3. */
export const hkdfVectors = () => [
	{
		secret: "0b".repeat(22),
		salt: "000102030405060708090a0b0c",
		info: "f0f1f2f3f4f5f6f7f8f9",
		key: "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5",
		output: "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
	},
	{
		secret:
			"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f",
		salt: "606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeaf",
		info: "b0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
		key: "06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244",
		output:
			"b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87"
	},
	{
		secret: "0b".repeat(22),
		salt: "",
		info: "",
		key: "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04",
		output: "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"
	}
];

/**
 * RFC 7914, section 11 (the first), and the inputs of RFC 6070 under HMAC-SHA-256, as widely published.
 * Password and salt are text.
 */
export const pbkdf2Vectors = () => [
	{
		password: "passwd",
		salt: "salt",
		rounds: 1,
		key: "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783"
	},
	{
		password: "password",
		salt: "salt",
		rounds: 1,
		key: "120fb6cffcf8b32c43e7225256c4f837a86548c92ccc35480805987cb70be17b"
	},
	{
		password: "password",
		salt: "salt",
		rounds: 2,
		key: "ae4d0c95af6b46d32d0adff928f06dd02a303f8ef3c251dfd6e2d85a95474c43"
	},
	{
		password: "password",
		salt: "salt",
		rounds: 4096,
		key: "c5e478d59288c841aa530db6845c4c8d962893a001ce4e11a4963873aa98134a"
	},
	{
		password: "passwordPASSWORDpassword",
		salt: "saltSALTsaltSALTsaltSALTsaltSALTsalt",
		rounds: 4096,
		key: "348c89dbcbd32b2f32d814b8116e84cf2b17347ebc1800181c4e2a1fb8dd53e1c635518c7dac47e9"
	},
	{ password: "pass\0word", salt: "sa\0lt", rounds: 4096, key: "89b69d0516f829893c696226650a8687" }
];
