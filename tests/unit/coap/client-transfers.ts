import {
	Blockwise,
	type BlockwiseOptions,
	type ClientRequest,
	type CoapError,
	Code,
	findUint,
	type Layer,
	type Option,
	OptionNumber,
	type PendingRequest,
	type Response,
	uintOption
} from "../../../modules/coap/coap.js";
import { equal } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";
import { VirtualClock } from "../../harness/virtual-clock.js";
import { body, counter, empty, PORT } from "./network.js";

/** A layer whose answers the test gives. */
class Below implements Layer {
	readonly requests: ClientRequest[] = [];
	readonly cancelled: number[] = [];
	/** Called within `request`, as a transport in the same process may. */
	immediately: (request: ClientRequest, index: number) => void = () => undefined;

	request(request: ClientRequest): PendingRequest {
		const index = this.requests.push(request) - 1;
		this.immediately(request, index);
		return { cancel: () => this.cancelled.push(index) };
	}

	setHandler(): void {}

	get last(): ClientRequest {
		const request = this.requests[this.requests.length - 1];
		if (request === undefined) throw new Error("nothing was asked");
		return request;
	}

	answer(code: number, options: readonly Option[], payload: Uint8Array = empty): void {
		this.last.onResponse({ code, options, payload, address: "b", port: PORT });
	}
}

function start(more: Partial<BlockwiseOptions> = {}) {
	const below = new Below();
	const clock = new VirtualClock();
	const blockwise = new Blockwise({ layer: below, clock, random: counter(1), ...more });
	const responses: Response[] = [];
	const failures: CoapError[] = [];
	const ask = (request: Partial<ClientRequest> = {}) =>
		blockwise.request({
			address: "b",
			port: PORT,
			code: Code.Get,
			onResponse: response => responses.push(response),
			onFailure: error => failures.push(error),
			...request
		});
	return { below, ask, responses, failures };
}

/** A Block option's value from its parts. */
function block(number: number, at: number, more: boolean, szx: number): Option {
	return uintOption(number, at * 16 + (more ? 8 : 0) + szx);
}

const { Block1, Block2 } = OptionNumber;

export default suite("coap: answers that do not fit together", {
	"a gap, a repetition or a first block that is not the first fails": () => {
		for (const numbers of [[0, 2], [0, 0], [0, 1, 1], [3]]) {
			const { below, ask, failures, responses } = start();
			ask();
			for (const number of numbers) below.answer(Code.Content, [block(Block2, number, true, 0)], body(16));
			equal([failures.map(({ name }) => name), responses.length], [["BlockError"], 0], `${numbers}`);
		}
	},
	"a block that is not full, or overfull, fails": () => {
		for (const [more, length] of [
			[true, 15],
			[true, 17],
			[false, 17]
		] as const) {
			const { below, ask, failures } = start();
			ask();
			below.answer(Code.Content, [block(Block2, 0, true, 0)], body(16));
			below.answer(Code.Content, [block(Block2, 1, more, 0)], body(length));
			equal(
				failures.map(({ name }) => name),
				["BlockError"]
			);
		}
	},
	"a reserved block size, or blocks that stop being blocks, fail": () => {
		const reserved = start();
		reserved.ask();
		reserved.below.answer(Code.Content, [uintOption(Block2, 15)], body(16));
		equal(
			reserved.failures.map(({ name }) => name),
			["BlockError"]
		);
		const bare = start();
		bare.ask();
		bare.below.answer(Code.Content, [block(Block2, 0, true, 0)], body(16));
		bare.below.answer(Code.Content, [], body(16));
		equal(
			bare.failures.map(({ name }) => name),
			["BlockError"]
		);
	},
	"an error in the middle of an answer is the answer": () => {
		const { below, ask, responses } = start();
		ask();
		below.answer(Code.Content, [block(Block2, 0, true, 0)], body(16));
		below.answer(Code.NotFound, []);
		equal(
			responses.map(({ code }) => code),
			[Code.NotFound]
		);
	},
	"the server may make the blocks of an answer smaller on the way": () => {
		const { below, ask, responses } = start();
		ask();
		below.answer(Code.Content, [block(Block2, 0, true, 2)], body(64));
		below.answer(Code.Content, [block(Block2, 2, true, 1)], body(96).slice(64));
		equal(findUint(below.last.options ?? [], Block2), 3 * 16 + 1);
		below.answer(Code.Content, [block(Block2, 3, false, 1)], body(100).slice(96));
		equal(responses[0]?.payload, body(100));
	},
	"4.08 to a block sends the body again under a new Request-Tag, twice at most": () => {
		const { below, ask, responses } = start();
		ask({ code: Code.Put, payload: body(3000) });
		const tags: (number | undefined)[] = [];
		for (let i = 0; i < 3; i += 1) {
			tags.push(findUint(below.last.options ?? [], OptionNumber.RequestTag));
			below.answer(Code.Continue, [block(Block1, 0, true, 6)]);
			below.answer(Code.RequestEntityIncomplete, []);
		}
		equal(new Set(tags).size, 3);
		equal(
			responses.map(({ code }) => code),
			[Code.RequestEntityIncomplete]
		);
		equal(below.requests.length, 6);
	},
	"an acknowledgement of another block, or of more than was sent, fails": () => {
		for (const answer of [block(Block1, 1, true, 6), undefined]) {
			const { below, ask, failures } = start();
			ask({ code: Code.Put, payload: body(3000) });
			below.answer(Code.Continue, answer === undefined ? [] : [answer]);
			equal(
				failures.map(({ name }) => name),
				["BlockError"]
			);
		}
		const whole = start();
		whole.ask({ code: Code.Put, payload: body(10) });
		whole.below.answer(Code.Continue, []);
		equal(
			whole.failures.map(({ name }) => name),
			["BlockError"]
		);
	},
	"an error ends a body on its way, and a server may be done with each block": () => {
		const { below, ask, responses } = start();
		ask({ code: Code.Put, payload: body(3000) });
		below.answer(Code.Forbidden, []);
		ask({ code: Code.Put, payload: body(3000) });
		for (const number of [0, 1, 2]) below.answer(Code.Changed, [block(Block1, number, false, 6)]);
		equal(
			responses.map(({ code }) => code),
			[Code.Forbidden, Code.Changed]
		);
		equal(below.requests.length, 4);
	},
	"answers that come in share the room, which is given back when they end": () => {
		const { below, ask, failures } = start({ maxBytes: 40 });
		for (let i = 0; i < 3; i += 1) {
			const pending = ask();
			below.answer(Code.Content, [block(Block2, 0, true, 0)], body(16));
			below.answer(Code.Content, [block(Block2, 1, true, 0)], body(16));
			equal(failures.length, 0, "room for two blocks");
			pending.cancel();
		}
		ask();
		for (const number of [0, 1, 2]) below.answer(Code.Content, [block(Block2, number, true, 0)], body(16));
		equal(
			failures.map(({ name }) => name),
			["BusyError"]
		);
	},
	"only so many answers come in at once": () => {
		const { below, ask, failures } = start({ maxTransfers: 2 });
		for (let i = 0; i < 3; i += 1) {
			ask();
			below.answer(Code.Content, [block(Block2, 0, true, 0)], body(16));
		}
		equal(
			failures.map(({ name }) => name),
			["BusyError"]
		);
	},
	"cancelling cancels the block under way, also when earlier ones were answered at once": () => {
		const { below, ask } = start();
		below.immediately = (request, index) => {
			if (index > 0) return;
			const options = [block(Block2, 0, true, 0)];
			request.onResponse({ code: Code.Content, options, payload: body(16), address: "b", port: PORT });
		};
		const pending = ask();
		equal(below.requests.length, 2);
		pending.cancel();
		equal(below.cancelled, [1]);
		const later = start();
		const stopped = later.ask();
		later.below.answer(Code.Content, [block(Block2, 0, true, 0)], body(16));
		stopped.cancel();
		equal(later.below.cancelled, [1]);
	}
});
