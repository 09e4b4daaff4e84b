import { OptionNumber, stringOption, uintOption } from "../../../modules/coap/coap.js";
import { joinOptions, splitOptions } from "../../../modules/oscore/option-classes.js";
import {
	decodeOscoreOption,
	encodeOscoreOption,
	FormatError,
	type OscoreOption
} from "../../../modules/oscore/oscore.js";
import { decodePartialIv, encodePartialIv } from "../../../modules/oscore/partial-iv.js";
import { bytes, equal, hex, throws } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";

const examples: readonly (readonly [OscoreOption, string])[] = [
	// RFC 8613 section 6.3.
	[{ partialIv: bytes("05"), kid: bytes("25") }, "090525"],
	[{ partialIv: bytes("00"), kid: bytes("") }, "0900"],
	[{ partialIv: bytes("05"), kidContext: bytes("44616c656b"), kid: bytes("25") }, "19050544616c656b25"],
	[{}, ""],
	[{ partialIv: bytes("07") }, "0107"],
	[{ kidContext: bytes("") }, "1000"],
	[{ partialIv: bytes("0102030405"), kid: bytes("01020304050607") }, "0d010203040501020304050607"]
];

export default suite("oscore: options", {
	"the examples of section 6.3, and the extremes, are written and read": () => {
		for (const [option, text] of examples) {
			equal(hex(encodeOscoreOption(option)), text);
			const { kid, kidContext, partialIv } = decodeOscoreOption(bytes(text));
			equal([kid, kidContext, partialIv], [option.kid, option.kidContext, option.partialIv], text);
		}
	},
	"reserved bits and lengths, cut fields and left-over bytes are refused": () => {
		for (const text of [
			"00",
			"20ff",
			"4000",
			"8000",
			"e9",
			"0605",
			"0701",
			"01",
			"0301",
			"10",
			"1003aa",
			"0105aa"
		]) {
			throws(() => decodeOscoreOption(bytes(text)), FormatError);
		}
		throws(() => encodeOscoreOption({ partialIv: new Uint8Array(6) }), FormatError);
		throws(() => encodeOscoreOption({ kidContext: new Uint8Array(256) }), FormatError);
	},
	"a Partial IV is the shortest way to write its number": () => {
		for (const [number, text] of [
			[0, "00"],
			[1, "01"],
			[255, "ff"],
			[256, "0100"],
			[2 ** 32, "0100000000"],
			[2 ** 40 - 1, "ffffffffff"]
		] as const) {
			equal(hex(encodePartialIv(number)), text);
			equal(decodePartialIv(bytes(text)), number);
		}
		for (const text of ["", "0000", "0001", "010000000000"]) {
			throws(() => decodePartialIv(bytes(text)), FormatError);
		}
	},
	"what a proxy needs goes in the clear, Observe both ways, all else is sealed": () => {
		const options = [1, 3, 4, 5, 6, 7, 8, 11, 12, 14, 15, 17, 20, 23, 27, 28, 39, 60, 252, 258, 292, 65_000];
		const { inner, outer } = splitOptions(options.map(number => uintOption(number, 1)));
		equal(
			outer.map(({ number }) => number),
			[3, 6, 7, 39]
		);
		equal(
			inner.map(({ number }) => number),
			[1, 4, 5, 6, 8, 11, 12, 14, 15, 17, 20, 23, 27, 28, 60, 252, 258, 292, 65_000]
		);
	},
	"Proxy-Uri and a second OSCORE option are refused": () => {
		throws(() => splitOptions([stringOption(OptionNumber.ProxyUri, "coap://a/b")]), FormatError);
		throws(() => splitOptions([uintOption(OptionNumber.Oscore, 0)]), FormatError);
	},
	"options in the clear count only where a proxy may set them, and not over what was sealed": () => {
		const inner = [stringOption(OptionNumber.UriPath, "in")];
		const outer = [
			stringOption(OptionNumber.UriHost, "host"),
			uintOption(OptionNumber.Observe, 0),
			stringOption(OptionNumber.UriPath, "out"),
			uintOption(OptionNumber.Accept, 0),
			stringOption(OptionNumber.ProxyScheme, "coap")
		];
		equal(
			joinOptions(inner, outer).map(({ number }) => number),
			[OptionNumber.UriHost, OptionNumber.UriPath, OptionNumber.ProxyScheme]
		);
		const sealed = [stringOption(OptionNumber.UriHost, "sealed")];
		equal(joinOptions(sealed, outer)[0], sealed[0]);
	}
});
