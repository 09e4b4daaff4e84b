/**
 * RFC 3610, section 8, packet vectors 1 to 6: a 13-byte nonce and an 8-byte tag, as AES-CCM-16-64-128 has. The
 * text of each packet is 00 01 02 ..., whose first bytes are the additional data.
 */
export const ccmKey = "c0c1c2c3c4c5c6c7c8c9cacbcccdcecf";

export const ccmVectors = () => [
	{
		nonce: "00000003020100a0a1a2a3a4a5",
		aad: 8,
		total: 31,
		sealed: "588c979a61c663d2f066d0c2c0f989806d5f6b61dac38417e8d12cfdf926e0"
	},
	{
		nonce: "00000004030201a0a1a2a3a4a5",
		aad: 8,
		total: 32,
		sealed: "72c91a36e135f8cf291ca894085c87e3cc15c439c9e43a3ba091d56e10400916"
	},
	{
		nonce: "00000005040302a0a1a2a3a4a5",
		aad: 8,
		total: 33,
		sealed: "51b1e5f44a197d1da46b0f8e2d282ae871e838bb64da8596574adaa76fbd9fb0c5"
	},
	{
		nonce: "00000006050403a0a1a2a3a4a5",
		aad: 12,
		total: 31,
		sealed: "a28c6865939a9a79faaa5c4c2a9d4a91cdac8c96c861b9c9e61ef1"
	},
	{
		nonce: "00000007060504a0a1a2a3a4a5",
		aad: 12,
		total: 32,
		sealed: "dcf1fb7b5d9e23fb9d4e131253658ad86ebdca3e51e83f077d9c2d93"
	},
	{
		nonce: "00000008070605a0a1a2a3a4a5",
		aad: 12,
		total: 33,
		sealed: "6fc1b011f006568b5171a42d953d469b2570a4bd87405a0443ac91cb94"
	}
];
