import { Code, type Handler, Resources } from "../../../modules/coap/coap.js";
import { EchoChallenge, echoOf } from "../../../modules/oscore/oscore.js";
import { bytes, equal, ok } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";
import { VirtualClock } from "../../harness/virtual-clock.js";
import { damaged, start } from "./pair.js";

const request = {
	code: 2,
	options: [],
	path: [],
	query: [],
	payload: bytes(""),
	port: 5683,
	confirmable: true,
	secured: false
};
const from = (address: string, port = 5683) => ({ ...request, address, port, peer: `${address} ${port}` });

function challenges(more: { key?: Uint8Array; lifetime?: number } = {}, clock = new VirtualClock()) {
	return { clock, echo: new EchoChallenge({ key: bytes("01".repeat(32)), clock, ...more }) };
}

/** The option that was asked for. */
function given(echo: EchoChallenge, address: string) {
	const [option] = echo.challenge(from(address)).options ?? [];
	ok(option);
	return option;
}

export default suite("oscore: Echo", {
	"who repeats the challenge passes, who has none does not": () => {
		const { echo } = challenges();
		const option = given(echo, "a");
		equal(option.value.length, 12);
		ok(echo.passes({ ...from("a"), options: [option] }));
		ok(!echo.passes(from("a")));
	},
	"a challenge is good for its lifetime, at its address and port, under its key": () => {
		const { clock, echo } = challenges({ lifetime: 1000 });
		const options = [given(echo, "a")];
		ok(!echo.passes({ ...from("b"), options }), "elsewhere");
		ok(!echo.passes({ ...from("a", 1), options }), "another port");
		ok(!challenges({ key: bytes("02".repeat(32)) }).echo.passes({ ...from("a"), options }), "another key");
		clock.advance(1000);
		ok(echo.passes({ ...from("a"), options }));
		clock.advance(1);
		ok(!echo.passes({ ...from("a"), options }), "too late");
	},
	"every bit flipped and every end cut is refused": () => {
		const { echo } = challenges();
		const option = given(echo, "a");
		for (const value of damaged(option.value))
			ok(!echo.passes({ ...from("a"), options: [{ ...option, value }] }));
	},
	"the clock may pass 32 bits": () => {
		const { clock, echo } = challenges();
		clock.advance(2 ** 32 - 5);
		const options = [given(echo, "a")];
		clock.advance(10);
		ok(echo.passes({ ...from("a"), options }));
	},
	"a client that repeats it is served at the second try": () => {
		let served = 0;
		const it = start(() => undefined);
		const echo = new EchoChallenge({ key: bytes("01".repeat(32)), clock: it.clock });
		const costly: Handler = (asked, exchange) => {
			if (!echo.passes(asked)) {
				exchange.respond(echo.challenge(asked));
				return;
			}
			served += 1;
			exchange.respond({ code: Code.Changed });
		};
		new Resources(it.serving).serve("/t", { [Code.Get]: costly });
		const ask = (options = it.request().options) => {
			it.asking.request(it.request({ peer: undefined, options }));
			it.clock.advance(100);
			return it.result.last;
		};
		const refusal = ask();
		ok(refusal);
		const option = echoOf(refusal);
		ok(option);
		const options = [...(it.request().options ?? []), option];
		equal(ask(options)?.code, Code.Changed);
		equal(served, 1);
		ok(echoOf({ ...refusal, code: Code.Content }) === undefined);
	}
});
