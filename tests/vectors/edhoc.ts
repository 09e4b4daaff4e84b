/**
 * RFC 9529, section 3: EDHOC with method 3 (static Diffie-Hellman), credentials by kid; the initiator offers the
 * cipher suites 6 and 2 and selects 2. Everything in hexadecimal; identifiers as they stand in messages.
 */
export const trace = () => ({
	method: "03",
	suitesI: "0602",
	x: "368ec1f69aeb659ba37d5a8d45b21bdc0299dceaa8ef235f3ca42ce3530f9525",
	gX: "8af6f430ebe18d34184017a9a11bf511c8dff8f834730b96c1b7c8dbca2fc3b6",
	cI: "37",
	message1: "0382060258208af6f430ebe18d34184017a9a11bf511c8dff8f834730b96c1b7c8dbca2fc3b637",
	hMessage1: "ca02cabda5a8902749b42f711050bb4dbd52153e87527594b39f50cdf019888c",
	y: "e2f4126777205e853b437d6eaca1e1f753cdcc3e2c69fa884b0a1a640977e418",
	gY: "419701d7f00a26c2dc587a36dd752549f33763c893422c8ea0f955a13a4ff5d5",
	cR: "27",
	gXy: "2f0cb7e860ba538fbf5c8bded009f6259b4b628fe1eb7dbe9378e5ecf7a824ba",
	th2: "356efd53771425e008f3fe3a86c83ff4c6b16e57028ff39d5236c182b202084b",
	prk2e: "5aa0d69f3e3d1e0c479f0b8a486690c9802630c3466b1dc92371c982563170b5",
	keystream2: "bf50e9e7bad0bb68173399",
	salt3e2m: "af4e103a47cb3cf32570d5c25ad27732bd8d8178e9a69d061c31a27f8e3ca926",
	prk3e2m: "0ca3d3398296b3c03900987620c11f6fce70781c1d1219720f9ec08c122d8434",
	skR: "72cc4761dbd4c78f758931aa589d348d1ef874a7e303ede2f140dcf3e6aa4aac",
	gR: "bbc34960526ea4d32e940cad2a234148ddc21791a12afbcbac93622046dd44f0",
	idCredR: "a1044132",
	credR:
		"a2026b6578616d706c652e65647508a101a501020241322001215820bbc34960526ea4d32e940cad2a234148ddc21791a12afbcbac93622046dd44f02258204519e257236b2a0ce2023f0931f1f386ca7afda64fcde0108c224c51eabf6072",
	contextInfoMac2:
		"27a10441325820356efd53771425e008f3fe3a86c83ff4c6b16e57028ff39d5236c182b202084ba2026b6578616d706c652e65647508a101a501020241322001215820bbc34960526ea4d32e940cad2a234148ddc21791a12afbcbac93622046dd44f02258204519e257236b2a0ce2023f0931f1f386ca7afda64fcde0108c224c51eabf6072",
	mac2: "0943305c899f5c54",
	plaintext2: "2732480943305c899f5c54",
	ciphertext2: "9862a1eef9e0e7e1886fcd",
	message2: "582b419701d7f00a26c2dc587a36dd752549f33763c893422c8ea0f955a13a4ff5d59862a1eef9e0e7e1886fcd",
	th3: "adaf67a78a4bcc91e018f8882762a722000b2507039df0bc1bbf0c161bb3155c",
	salt4e3m: "cfddf9515a7e46e7b4dbff31cbd56cd04ba332250de9ea5de1caf9f6d13914a7",
	prk4e3m: "81cc8a298e357044e3c466bb5c0a1e507e01d49238aeba138df94635407c0ff7",
	skI: "fb13adeb6518cee5f88417660841142e830a81fe334380a953406a1305e8706b",
	idCredI: "a104412b",
	credI:
		"a2027734322d35302d33312d46462d45462d33372d33322d333908a101a5010202412b2001215820ac75e9ece3e50bfc8ed60399889522405c47bf16df96660a41298cb4307f7eb62258206e5de611388a4b8a8211334ac7d37ecb52a387d257e6db3c2a93df21ff3affc8",
	mac3: "623c91df41e34c2f",
	plaintext3: "2b48623c91df41e34c2f",
	message3: "52e562097bc417dd5919485ac7891ffd90a9fc",
	th4: "c902b1e3a4326c93c5551f5f3aa6c5ecc0246806765612e52b5d99e6059d6b6e",
	message4: "4828c966b7ca304f83",
	prkOut: "2c71afc1a9338a940bb3529ca734b886f30d1aba0b4dc51beeaeabdfea9ecbf8",
	prkExporter: "e14d06699cee248c5a04bf9227bbcd4ce394de7dcb56db43555474171e6446db",
	oscoreMasterSecret: "f9868f6a3aca78a05d1485b35030b162",
	oscoreMasterSalt: "ada24c7dbfc85eeb"
});

/** RFC 9529, section 4: what is wrong with a message_1, and the message. */
export const invalidMessages1 = (): readonly (readonly [string, string])[] => [
	["as an array", "8403025820741a13d7ba048fbb615e94386aa3b61bea5b3d8f65f32620b749bee8d278efa90e"],
	["with C_I as a text", "03025820741a13d7ba048fbb615e94386aa3b61bea5b3d8f65f32620b749bee8d278efa9610e"],
	[
		"with C_I as a byte string that has to be an integer",
		"03025820741a13d7ba048fbb615e94386aa3b61bea5b3d8f65f32620b749bee8d278efa9410e"
	],
	[
		"with one suite in an array",
		"0381025820741a13d7ba048fbb615e94386aa3b61bea5b3d8f65f32620b749bee8d278efa90e"
	],
	[
		"with a text as ephemeral key",
		"0302782020616972207370656564206f66206120756e6c6164656e207377616c6c6f77200e"
	],
	["with an x of p", "03025820ffffffff00000001000000000000000000000000ffffffffffffffffffffffff0e"],
	["with an x of no point", "03025820a04e73601df544a70ba7ea1e57030f7d4b4eb7f673924e58d54ca77a5e7d4d4a0e"],
	[
		"with an x without its leading zeros",
		"0302581fd9697725d23a688b12d1c7e0108a08c9f71a85a09c20814976ab21122248fc0e"
	],
	[
		"with a method in more bytes than it needs",
		"190003025820741a13d7ba048fbb615e94386aa3b61bea5b3d8f65f32620b749bee8d278efa90e"
	],
	[
		"with suites in an array of indefinite length",
		"039f0602ff5820741a13d7ba048fbb615e94386aa3b61bea5b3d8f65f32620b749bee8d278efa90e"
	]
];

/** RFC 9529, section 4.1.5: a message_2 of two byte strings. */
export const invalidMessage2 =
	"5820419701d7f00a26c2dc587a36dd752549f33763c893422c8ea0f955a13a4ff5d54b9862a11de42a95d785386a";

/** RFC 9529, section 4: what is wrong with a PLAINTEXT_2 of static Diffie-Hellman, and the plaintext. */
export const invalidPlaintexts2 = (): readonly (readonly [string, string])[] => [
	["with the map of a kid", "27a10442321048fa5efa2ebf920bf3"],
	["with a kid as a byte string that has to be an integer", "27413248fa5efa2ebf920bf3"],
	["with a MAC of 4 bytes", "273244fa5efa2e"]
];
