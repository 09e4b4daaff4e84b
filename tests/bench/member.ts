/**
 * A member of a secure home on XS, to measure another one with: `--main tests/bench/member` on the data of a node
 * that has joined. It does what it is told, a line each, and answers with a line each:
 *
 *     edhoc     a handshake, and a task under it     edhoc MICROSECONDS MICROSECONDS DATAGRAM... / DATAGRAM...
 *     renew     the first task after a restart       renew MICROSECONDS DATAGRAM...
 *     tasks N   N tasks                              tasks MICROSECONDS... / DATAGRAM... (those of the first task)
 *     seal N    N tasks sealed, but not sent         sealed HEX, N times
 *     open I HEX  the reply to the Ith of these      opened STATE
 *
 * A DATAGRAM is its bytes, with ">" before those of this member. What does not work is answered with `failed WHY`.
 */
import { randomBytes } from "entropy";
import config from "mc/config";
import Preference from "preference";
import { Socket } from "socket";
import { exit } from "terminal";
import Time from "time";
import { domain } from "../../modules/application/application.js";
import { fromHex, toHex } from "../../modules/bytes/bytes.js";
import { Chain, type Member } from "../../modules/chain/chain.js";
import { SystemClock } from "../../modules/clock/system-clock.js";
import {
	Blockwise,
	type ClientRequest,
	Code,
	decodeMessage,
	Endpoint,
	encodeMessage,
	findOption,
	type Layer,
	MessageType,
	OptionNumber,
	pathOptions,
	Resources
} from "../../modules/coap/coap.js";
import { type Action, Device } from "../../modules/devices/devices.js";
import { Discovery, LightMemory, loadIdentity, Node, readSettings } from "../../modules/node/node.js";
import {
	Contexts,
	decodeOscoreOption,
	OscoreLayer,
	openResponse,
	protectRequest,
	type RequestBinding,
	type SecurityContext
} from "../../modules/oscore/oscore.js";
import { secureSuite } from "../../modules/secure/secure.js";
import { BlockFile, Store } from "../../modules/store/store.js";
import { openLines } from "../harness/open-lines.js";

/** Bytes of a token, as a node's own. */
const tokenLength = 4;
/** Lines that the terminal takes at once. */
const batch = 100;

const clock = new SystemClock();
const random = (count: number) => new Uint8Array(randomBytes(count));
const store = new Store({ preference: Preference, domain });
const { port } = readSettings(config);

/** The datagrams since they were last asked for. */
let passed: string[] = [];
let receiver: Endpoint | undefined;

const socket = new Socket({ kind: "UDP", port });
socket.callback = (message, length, address, from) => {
	if (message !== 2 || length === undefined || address === undefined || from === undefined) return;
	passed.push(String(length));
	receiver?.receive(new Uint8Array(socket.read(ArrayBuffer)), address, from);
};
const transport = {
	send(address: string, to: number, bytes: Uint8Array) {
		passed.push(`>${bytes.length}`);
		socket.write(address, to, bytes.slice().buffer);
	}
};

function microseconds(): number {
	return Time.microseconds ?? Time.ticks * 1000;
}

/** What a start makes of the store, on the socket that stays. */
class Life {
	readonly node: Node;
	readonly target: Member;
	/** When the first request under OSCORE was asked for, microseconds. */
	sealing: number | undefined;
	/** How many datagrams had passed then. */
	before = 0;
	#contexts: Contexts | undefined;

	constructor() {
		const identity = loadIdentity(store);
		if (identity === undefined) throw new Error("this data is no member's");
		const chain = new Chain({ storage: new BlockFile(store), home: identity.home });
		chain.load();
		const founder = chain.members.all.find(member => member.isOwner);
		if (founder === undefined) throw new Error("the home has no founder");
		this.target = founder;
		receiver?.close();
		const endpoint = new Endpoint({ transport, clock, random });
		receiver = endpoint;
		const seats = {
			seatContexts: (contexts: unknown) => {
				if (contexts instanceof Contexts) this.#contexts = contexts;
			}
		};
		const sealed = new OscoreLayer({
			layer: endpoint,
			clock,
			contexts: {
				outbound: request => this.#contexts?.outbound(request),
				inbound: hint => this.#contexts?.inbound(hint) ?? []
			}
		});
		const layer = this.#watched(new Blockwise({ layer: sealed, clock, random }));
		const report = () => undefined;
		this.node = new Node({
			identity,
			chain,
			store,
			clock,
			random,
			layer,
			report,
			seats,
			maxContexts: 16,
			suite: secureSuite,
			suites: [secureSuite],
			device: new Device({ type: "switch" }),
			memory: new LightMemory({ store, clock, report }),
			resources: new Resources(layer),
			discovery: new Discovery({ endpoint, layer, clock, port }),
			given: [],
			sendFault: () => undefined,
			time: () => null
		});
	}

	/** Notes when something is to be sealed for the first time. */
	#watched(layer: Layer): Layer {
		return {
			setHandler: handler => layer.setHandler(handler),
			request: (request: ClientRequest) => {
				if (request.peer !== undefined && this.sealing === undefined) {
					this.sealing = microseconds();
					this.before = passed.length;
				}
				return layer.request(request);
			}
		};
	}

	get context(): SecurityContext {
		const context = this.#contexts?.live(this.target.idText);
		if (context === undefined) throw new Error("there is no session");
		return context;
	}

	/** Has the lamp do something; `done` hears when it was done, in microseconds. */
	task(action: Action, done: (end: number) => void): void {
		this.node.task([this.target], action, (_member, result) => {
			const end = microseconds();
			if (typeof result === "object" && "state" in result) done(end);
			else write(`failed ${JSON.stringify(result)}`);
		});
	}
}

let life = new Life();
let bindings: RequestBinding[] = [];

const terminal = openLines({ onLine: typed, onEnd: () => exit(0) });

function write(line: string): void {
	terminal.write(`${line}\n`);
}

function typed(line: string | null): void {
	const [command = "", first = "", second = ""] = (line ?? "").split(" ");
	try {
		if (command === "edhoc") shakeHands();
		else if (command === "renew") renew();
		else if (command === "tasks") tasks(Number(first));
		else if (command === "seal") seal(Number(first));
		else if (command === "open") open(Number(first), fromHex(second));
		else write(`failed there is no command "${command}"`);
	} catch (error) {
		write(`failed ${error}`);
	}
}

/** Ends a life, so that nothing of it is kept by what it waits for, and begins another. */
function begin(): void {
	life.node.stop();
	life = new Life();
}

/** A new life, with or without what the store has of sessions. */
function shakeHands(): void {
	for (const name of store.names()) {
		if (/^s[0-9a-f]{14}$/.test(name)) store.delete(name);
	}
	begin();
	passed = [];
	const start = microseconds();
	life.task("read", end => {
		const { sealing = end, before } = life;
		const datagrams = [...passed.slice(0, before), "/", ...passed.slice(before)].join(" ");
		write(`edhoc ${sealing - start} ${end - sealing} ${datagrams}`);
	});
}

function renew(): void {
	begin();
	passed = [];
	const start = microseconds();
	life.task("read", end => write(`renew ${end - start} ${passed.join(" ")}`));
}

function tasks(count: number): void {
	const times: number[] = [];
	passed = [];
	let datagrams = "";
	const next = () => {
		const start = microseconds();
		life.task(actionOf(times.length), end => {
			if (times.length === 0) datagrams = passed.join(" ");
			times.push(end - start);
			if (times.length < count) clock.after(0, next);
			else write(`tasks ${times.join(" ")} / ${datagrams}`);
		});
	};
	next();
}

function actionOf(number: number): Action {
	return number % 2 === 0 ? "on" : "off";
}

/** Under the live context, whose numbers go on from there: what is sealed here is to be sent before anything else. */
function seal(count: number): void {
	const { context, node } = life;
	const hint = node.chain.digest.subarray(0, 4);
	bindings = [];
	const proof = context.freshness.take(clock.now());
	if (proof === undefined) throw new Error("nothing shows that a task is fresh");
	// 0: the keys themselves.
	const [high = 0, low = 0] = proof.echo ?? [];
	let echo = high * 256 + low;
	const more = () => {
		const lines: string[] = [];
		while (bindings.length < count && lines.length < batch) {
			const id = bindings.length & 0xffff;
			const stamp = { ask: id, rest: 9_000, isRepeated: false };
			const payload = secureSuite.notation.taskRequest.write({ action: actionOf(id), hint, stamp });
			// The lamp issues one Echo with each reply, and counts them.
			const value = Uint8Array.of(echo >> 8, echo & 255);
			const shown = echo === 0 ? [] : [{ number: OptionNumber.Echo, value }];
			echo += 1;
			const options = [...pathOptions("/tasks"), ...shown];
			const content = { code: Code.Post, options, payload };
			const { message, binding } = protectRequest(context, content);
			bindings.push(binding);
			const token = random(tokenLength);
			const bytes = encodeMessage({ ...message, type: MessageType.Confirmable, id, token });
			lines.push(`sealed ${toHex(bytes)}\n`);
		}
		terminal.write(lines.join(""));
		if (bindings.length < count) clock.after(0, more);
	};
	more();
}

function open(number: number, datagram: Uint8Array): void {
	const reply = decodeMessage(datagram);
	const option = findOption(reply.options, OptionNumber.Oscore);
	const binding = bindings[number];
	if (option === undefined || binding === undefined) throw new Error("not a reply");
	const { response } = openResponse(life.context, binding, decodeOscoreOption(option.value), reply);
	if (response.code !== Code.Content) throw new Error(`the lamp answered ${response.code}`);
	write(`opened ${secureSuite.notation.taskReply.read(response.payload)}`);
}

write("ready ");
