import { encode } from "../../../modules/cbor/cbor.js";
import { decodeMessage, encodeMessage, findOption, OptionNumber } from "../../../modules/coap/coap.js";
import { ccmSeal, hkdfExpand, hkdfExtract } from "../../../modules/crypto/crypto.js";
import { makeAad } from "../../../modules/oscore/nonce.js";
import {
	decodeOscoreOption,
	openRequest,
	openResponse,
	protectRequest,
	protectResponse,
	SecurityContext
} from "../../../modules/oscore/oscore.js";
import { bytes, equal, hex, ok } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";
import {
	derivations,
	masterSecret,
	response,
	sealedResponse,
	sealedResponseWithPartialIv
} from "../../vectors/oscore-rfc8613.js";
import { contentOf } from "./pair.js";

type Vector = ReturnType<typeof derivations>[number];

/** The two sides of a vector; its request has sequence number 20, its response 0. */
function sides({ client, idContext, salt, server }: Vector) {
	const context = idContext === "" ? {} : { idContext: bytes(idContext), kidContext: bytes(idContext) };
	const common = { masterSecret: bytes(masterSecret), masterSalt: bytes(salt), ...context };
	return {
		client: new SecurityContext({
			...common,
			name: "server",
			senderId: bytes(client),
			recipientId: bytes(server),
			sequence: 20
		}),
		server: new SecurityContext({
			...common,
			name: "client",
			senderId: bytes(server),
			recipientId: bytes(client)
		})
	};
}

function headerOf(text: string) {
	const option = findOption(contentOf(text).options, OptionNumber.Oscore);
	ok(option, "an OSCORE option");
	return decodeOscoreOption(option.value);
}

function first(): Vector {
	const [vector] = derivations();
	ok(vector);
	return vector;
}

/** A message of the vectors with other content. */
function withContent(text: string, content: ReturnType<typeof contentOf>): string {
	return hex(encodeMessage({ ...decodeMessage(bytes(text)), ...content }));
}

export default suite("oscore: RFC 8613 appendix C", {
	"keys and common IV are those of C.1 to C.3, on both sides": () => {
		for (const vector of derivations()) {
			const it = sides(vector);
			const key = hkdfExtract(bytes(vector.salt), bytes(masterSecret));
			const context = vector.idContext === "" ? null : bytes(vector.idContext);
			const derive = (id: string, type: string, length: number) =>
				hex(hkdfExpand(key, encode([bytes(id), context, 10, type, length]), length));
			equal(derive(vector.client, "Key", 16), vector.clientKey, vector.section);
			equal(derive(vector.server, "Key", 16), vector.serverKey, vector.section);
			equal(derive("", "IV", 13), vector.commonIv, vector.section);
			const nothing = new Uint8Array(0);
			equal(hex(it.client.nonce(nothing, nothing)), vector.commonIv, "the context's IV");
			// A context shows no keys: what it seals does.
			const nonce = new Uint8Array(13);
			for (const [side, text] of [
				[it.client, vector.clientKey],
				[it.server, vector.serverKey]
			] as const) {
				const sealed = ccmSeal({ key: bytes(text), nonce, aad: nothing, plaintext: bytes("01") });
				equal(hex(side.seal(nonce, nothing, bytes("01"))), hex(sealed), `${vector.section} ${side.name}`);
			}
		}
	},
	"requests are those of C.4 to C.6, byte for byte, and open on the other side": () => {
		for (const vector of derivations()) {
			const { client, server } = sides(vector);
			const { message } = protectRequest(client, contentOf(vector.request));
			equal(withContent(vector.request, message), vector.sealed, vector.section);
			const { request } = openRequest(server, headerOf(vector.sealed), contentOf(vector.sealed));
			equal(withContent(vector.sealed, request), vector.request, vector.section);
		}
	},
	"the response of C.7 has the request's nonce, and opens": () => {
		const vector = first();
		const { client, server } = sides(vector);
		const { binding } = openRequest(server, headerOf(vector.sealed), contentOf(vector.sealed));
		const sealed = protectResponse(server, binding, contentOf(response));
		equal(withContent(response, sealed), sealedResponse);
		const asked = protectRequest(client, contentOf(vector.request));
		const header = headerOf(sealedResponse);
		const opened = openResponse(client, asked.binding, header, contentOf(sealedResponse));
		equal([withContent(sealedResponse, opened.response), opened.sequence], [response, undefined]);
	},
	"the response of C.8 has a Partial IV of its own, and opens": () => {
		const vector = first();
		const { client, server } = sides(vector);
		const { binding } = openRequest(server, headerOf(vector.sealed), contentOf(vector.sealed));
		const sealed = protectResponse(server, binding, contentOf(response), { ownPartialIv: true });
		equal(withContent(response, sealed), sealedResponseWithPartialIv);
		const asked = protectRequest(client, contentOf(vector.request));
		const header = headerOf(sealedResponseWithPartialIv);
		const opened = openResponse(client, asked.binding, header, contentOf(sealedResponseWithPartialIv));
		equal([withContent(response, opened.response), opened.sequence], [response, 0]);
	},
	"the additional data is what CBOR makes of section 5.4's structure, for IDs and numbers of every length":
		() => {
			for (let kid = 0; kid <= 7; kid += 1) {
				for (let piv = 1; piv <= 5; piv += 1) {
					const [id, number] = [new Uint8Array(kid).fill(0xaa), new Uint8Array(piv).fill(0x55)];
					const nothing = new Uint8Array(0);
					const external = encode([1, [10], id, number, nothing]);
					equal(makeAad(id, number), encode(["Encrypt0", nothing, external]), `${kid} ${piv}`);
				}
			}
		}
});
