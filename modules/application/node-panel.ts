import { inviteRange } from "../console/console.js";
import { ActionError, isAction } from "../devices/devices.js";
import type { Node, Settings, Target, TaskResult } from "../node/node.js";
import { Panel, type Sign } from "../panel/panel.js";
import type { Host } from "./host.js";

/** Milliseconds after which the sessions with the devices that the button is for are looked after again. */
const lookInterval = 300_000;

export interface NodePanelOptions {
	readonly host: Host;
	readonly settings: Settings;
	/** Milliseconds for which the loop stood still until just now. */
	readonly standstill: () => number;
	/** What the LED shows while this node is no member; undefined once it is one. */
	readonly beginning: () => Sign | undefined;
	readonly isOnline: () => boolean;
	/** Told what a person should see, a line each. */
	readonly report: (text: string) => void;
	/** Wipes the node. */
	readonly wipe: () => void;
}

/** What the button does and the LED shows on this node. Without a node it can only be wiped. */
export class NodePanel {
	readonly #options: NodePanelOptions;
	readonly #panel: Panel;
	#node: Node | undefined;

	/** Throws what the host throws when it has no such pins. */
	constructor(options: NodePanelOptions) {
		this.#options = options;
		const { host, settings, standstill } = options;
		const { button, led } = settings;
		this.#panel = new Panel({
			clock: host.clock,
			button: button === undefined ? undefined : host.openButton(button, () => this.#panel.edge()),
			led: led === undefined ? undefined : host.openLine(led, true),
			standstill,
			sign: () => this.#sign(),
			canInvite: () => this.#node?.canInvite === true,
			onPress: () => this.#pressed(),
			onInvite: () => this.#invite(),
			onReset: () => options.wipe()
		});
	}

	/** From now on the panel is this member's; its sessions with those whom the button is for are made ready. */
	take(node: Node): void {
		this.#node = node;
		this.#keepReady();
		this.update();
	}

	/** Something has changed that the LED may show. */
	update(): void {
		this.#panel.update();
	}

	/** The network is there (again): fresh keys now cost nobody's time, with a press they would. */
	prepare(): void {
		const target = this.#target();
		if (target === undefined || "fault" in target.found) return;
		for (const member of target.found.members) this.#node?.prepare(member);
	}

	stop(): void {
		this.#panel.stop();
	}

	#keepReady(): void {
		if (this.#options.settings.buttonTask === undefined) return;
		this.#options.host.clock.after(lookInterval, () => this.#keepReady());
		this.prepare();
	}

	#sign(): Sign {
		const { beginning, isOnline } = this.#options;
		const first = beginning();
		if (first !== undefined) return first;
		if (!isOnline()) return "offline";
		return this.#node?.isInviting === true ? "inviting" : "online";
	}

	/** Whom the configured task is for now, and what they are to do; undefined where there is no task or no home. */
	#target() {
		const words = this.#options.settings.buttonTask;
		if (words === undefined || this.#node === undefined) return undefined;
		const space = words.lastIndexOf(" ");
		const action = words.slice(space + 1);
		if (!isAction(action)) return undefined;
		const found: Target = this.#node.find(words.slice(0, space), action);
		return { found, action };
	}

	#pressed(): void {
		const { report } = this.#options;
		const node = this.#node;
		const target = this.#target();
		if (node === undefined || target === undefined) {
			this.#panel.refused();
			return;
		}
		if ("fault" in target.found) {
			report(`button: ${target.found.fault}`);
			this.#panel.refused();
			return;
		}
		for (const member of target.found.members) {
			const label = node.chain.members.label(member);
			const show = (result: TaskResult) => {
				if (result !== "no answer" && "state" in result) {
					report(`button: ${label}: ${result.state}`);
					return;
				}
				report(`button: ${label}: ${result === "no answer" ? result : result.refused}`);
				this.#panel.refused();
			};
			try {
				node.task(member, target.action, show);
			} catch (error) {
				if (!(error instanceof ActionError)) throw error;
				show({ refused: error.message });
			}
		}
	}

	#invite(): void {
		this.#node?.invite(inviteRange.usual);
		this.#options.report(`button: inviting for ${inviteRange.usual} seconds`);
	}
}
