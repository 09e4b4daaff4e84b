import { decodeUtf8 } from "../../../modules/bytes/bytes.js";
import {
	Blockwise,
	Code,
	ContentFormat,
	LinkFormatError,
	linkFormat,
	type Message,
	MessageType,
	OptionNumber,
	parseLinkFormat,
	pathOptions,
	Resources,
	stringOption,
	uintOption
} from "../../../modules/coap/coap.js";
import { bytes, equal, throws } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";
import { body, counter, Network } from "./network.js";

function start() {
	const network = new Network();
	const endpoint = network.endpoint("aa");
	const resources = new Resources(
		new Blockwise({ layer: endpoint, clock: network.clock, random: counter(1) })
	);
	const peer = network.peer("b");
	let id = 0;
	const ask = (code: number, path: string, more: Partial<Message> = {}) => {
		id += 1;
		const options = [...pathOptions(path), ...(more.options ?? [])];
		return peer.ask("aa", { ...more, type: MessageType.Confirmable, code, id, options })?.code;
	};
	return { network, resources, peer, ask };
}

export default suite("coap: resources", {
	"a request goes to the handler of its path and method": () => {
		const { ask, resources } = start();
		const seen: string[] = [];
		resources.serve("/a/b", {
			[Code.Get]: (request, exchange) => {
				seen.push(request.path.join("|"));
				exchange.respond({ code: Code.Content });
			},
			[Code.Post]: (_request, exchange) => exchange.respond({ code: Code.Changed })
		});
		resources.serve("/", { [Code.Get]: (_request, exchange) => exchange.respond({ code: Code.Valid }) });
		equal(ask(Code.Get, "/a/b"), Code.Content);
		equal(ask(Code.Post, "/a/b"), Code.Changed);
		equal(ask(Code.Get, ""), Code.Valid);
		equal(seen, ["a|b"]);
	},
	"an unknown path gets 4.04, an unknown method 4.05": () => {
		const { ask, resources } = start();
		resources.serve("/a/b", { [Code.Get]: (_request, exchange) => exchange.respond({ code: Code.Content }) });
		for (const path of ["", "/a", "/a/b/c", "/a/b/", "/A/b"]) equal(ask(Code.Get, path), Code.NotFound, path);
		equal(
			ask(Code.Get, "", { options: [stringOption(OptionNumber.UriPath, "a/b")] }),
			Code.NotFound,
			"one segment"
		);
		for (const code of [Code.Post, Code.Fetch, Code.IPatch, 0x1f])
			equal(ask(code, "/a/b"), Code.MethodNotAllowed);
		resources.remove("/a/b");
		equal(ask(Code.Get, "/a/b"), Code.NotFound);
	},
	"a critical option that nobody acts on gets 4.02, unless the resource understands it": () => {
		const { ask, resources } = start();
		const get = {
			[Code.Get]: (_request: unknown, exchange: { respond(reply: { code: number }): void }) =>
				exchange.respond({ code: Code.Content })
		};
		resources.serve("/plain", get);
		resources.serve("/careful", get, { understands: [OptionNumber.IfMatch] });
		const options = [{ number: OptionNumber.IfMatch, value: bytes("01") }];
		equal(ask(Code.Get, "/plain", { options }), Code.BadOption);
		equal(ask(Code.Get, "/careful", { options }), Code.Content);
		const sealed = [{ number: OptionNumber.Oscore, value: bytes("09") }];
		equal(ask(Code.Get, "/plain", { options: sealed }), Code.BadOption, "OSCORE without a layer for it");
		equal(ask(Code.Post, "", { options: sealed }), Code.BadOption);
		equal(ask(Code.Get, "/plain", { options: [stringOption(OptionNumber.UriHost, "lamp")] }), Code.Content);
		equal(
			ask(Code.Get, "/plain", { options: [stringOption(OptionNumber.ProxyUri, "coap://x")] }),
			Code.ProxyingNotSupported
		);
	},
	"another format than the resource's gets 4.06 when asked for and 4.15 when sent": () => {
		const { ask, resources } = start();
		resources.serve(
			"/c",
			{
				[Code.Post]: (_request, exchange) =>
					exchange.respond({ code: Code.Changed, contentFormat: ContentFormat.Cbor, payload: bytes("f6") })
			},
			{ contentFormat: ContentFormat.Cbor, takes: [ContentFormat.Cbor, ContentFormat.OctetStream] }
		);
		const accept = (format: number) => [uintOption(OptionNumber.Accept, format)];
		const format = (number: number) => [uintOption(OptionNumber.ContentFormat, number)];
		equal(ask(Code.Post, "/c"), Code.Changed);
		equal(ask(Code.Post, "/c", { options: accept(ContentFormat.Cbor) }), Code.Changed);
		equal(ask(Code.Post, "/c", { options: accept(ContentFormat.Json) }), Code.NotAcceptable);
		equal(ask(Code.Post, "/c", { options: format(ContentFormat.OctetStream) }), Code.Changed);
		equal(ask(Code.Post, "/c", { options: format(ContentFormat.Text) }), Code.UnsupportedContentFormat);
	},
	"a large answer of a resource goes out in blocks": () => {
		const { ask, peer, resources } = start();
		resources.serve("/big", {
			[Code.Get]: (_request, exchange) => exchange.respond({ code: Code.Content, payload: body(2000) })
		});
		equal(ask(Code.Get, "/big"), Code.Content);
		equal(peer.last.payload.length, 1024);
	},
	"links are written as RFC 6690 has them, and read back": () => {
		const text = decodeUtf8(
			linkFormat([
				{ target: "/sensors", attributes: { ct: 40, title: 'Sensor "Index" \\', obs: true, hidden: false } },
				{ target: "/tasks" }
			])
		);
		equal(text, '</sensors>;ct=40;title="Sensor \\"Index\\" \\\\";obs,</tasks>');
		equal(parseLinkFormat(text, ["ct", "title", "obs"]), [
			{ target: "/sensors", attributes: { ct: "40", title: 'Sensor "Index" \\', obs: "" } },
			{ target: "/tasks", attributes: {} }
		]);
		equal(decodeUtf8(linkFormat([])), "");
		equal(parseLinkFormat("", []), []);
	},
	"the first of equal attributes counts, commas and semicolons may stand in quotes": () => {
		const [link, ...rest] = parseLinkFormat('<coap://h/a,b;c>;rt="a,b;c";rt=second;if=x', ["rt", "if"]);
		equal(rest, []);
		equal([link?.target, link?.attributes.rt, link?.attributes.if], ["coap://h/a,b;c", "a,b;c", "x"]);
	},
	"attributes that nobody wants are left out, and more than 64 links are refused": () => {
		// The name of a property is never forgotten: where all are read, who makes names up fills the memory.
		const names = Array.from({ length: 100 }, (_, number) => `made-up-${number}=1`);
		const [link] = parseLinkFormat(`</a>;${names.join(";")};rt=x;__proto__=1`, ["rt"]);
		equal(Object.keys(link?.attributes ?? {}), ["rt"]);
		equal(parseLinkFormat(new Array(64).fill("<>").join(","), []).length, 64);
		throws(() => parseLinkFormat(new Array(65).fill("<>").join(","), []), LinkFormatError, "64 links");
	},
	"what is no link format is refused with its place": () => {
		for (const [text, message] of [
			["x", "without < at position 0"],
			["</a", "without >"],
			["</a>x", "neither"],
			["</a>,", "without <"],
			["</a>;", "without a name"],
			["</a>;=1", "without a name"],
			["</a>;a=", "quotes"],
			["</a>;a=b c", "quotes"],
			['</a>;a="b', "closing"],
			['</a>;a="b\\', "closing"],
			['</a>;a="b"c', "neither"]
		]) {
			throws(() => parseLinkFormat(text ?? "", []), LinkFormatError, message);
		}
		throws(() => linkFormat([{ target: "/a>" }]), LinkFormatError, "target");
		throws(() => linkFormat([{ target: "/a", attributes: { "b c": 1 } }]), LinkFormatError, "name");
	}
});
