/**
 * RFC 8613 appendix C, in hexadecimal. The request's Partial IV is 14 (20) throughout. Each key is that of the
 * client as sender, the server as sender, and the common IV.
 */
export const masterSecret = "0102030405060708090a0b0c0d0e0f10";
export const masterSalt = "9e7ca92223786340";

/** C.1 to C.3: derivation, and C.4 to C.6: a request under each. */
export const derivations = () => [
	{
		section: "C.1, C.4",
		salt: "9e7ca92223786340",
		client: "",
		server: "01",
		idContext: "",
		clientKey: "f0910ed7295e6ad4b54fc793154302ff",
		serverKey: "ffb14e093c94c9cac9471648b4f98710",
		commonIv: "4622d4dd6d944168eefb54987c",
		request: "44015d1f00003974396c6f63616c686f737483747631",
		sealed: "44025d1f00003974396c6f63616c686f7374620914ff612f1092f1776f1c1668b3825e"
	},
	{
		section: "C.2, C.5",
		salt: "",
		client: "00",
		server: "01",
		idContext: "",
		clientKey: "321b26943253c7ffb6003b0b64d74041",
		serverKey: "e57b5635815177cd679ab4bcec9d7dda",
		commonIv: "be35ae297d2dace910c52e99f9",
		request: "440171c30000b932396c6f63616c686f737483747631",
		sealed: "440271c30000b932396c6f63616c686f737463091400ff4ed339a5a379b0b8bc731fffb0"
	},
	{
		section: "C.3, C.6",
		salt: "9e7ca92223786340",
		client: "",
		server: "01",
		idContext: "37cbf3210017a2d3",
		clientKey: "af2a1300a5e95788b356336eeecd2b92",
		serverKey: "e39a0c7c77b43f03b4b39ab9a268699f",
		commonIv: "2ca58fb85ff1b81c0b7181b85e",
		request: "44012f8eef9bbf7a396c6f63616c686f737483747631",
		sealed: "44022f8eef9bbf7a396c6f63616c686f73746b19140837cbf3210017a2d3ff72cd7273fd331ac45cffbe55c3"
	}
];

/** C.7 and C.8: the response to the request of C.4, without and with a Partial IV of its own, which is 0. */
export const response = "64455d1f00003974ff48656c6c6f20576f726c6421";
export const sealedResponse = "64445d1f0000397490ffdbaad1e9a7e7b2a813d3c31524378303cdafae119106";
export const sealedResponseWithPartialIv =
	"64445d1f00003974920100ff4d4c13669384b67354b2b6175ff4b8658c666a6cf88e";
