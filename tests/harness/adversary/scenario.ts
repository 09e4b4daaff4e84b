import type { DatagramKind, Forgery } from "./network.js";

/** Three nodes: a light whose founder is an owner, a lock, and a light that may unlock it and has a button for that. */
export const names = ["lamp", "door", "desk"] as const;
export type Name = (typeof names)[number];

export type Step =
	| { readonly do: "wait"; readonly ms: number }
	| { readonly do: "ask"; readonly who: Name; readonly device: Name; readonly action: string }
	| { readonly do: "press" }
	| {
			readonly do: "meddle";
			readonly from: Name;
			readonly to: Name;
			readonly kind: DatagramKind;
			readonly skip: number;
			readonly count: number;
			readonly with: Meddling;
	  }
	| {
			readonly do: "replay";
			readonly from: Name;
			readonly to: Name;
			readonly back: number;
			readonly count: number;
	  }
	| { readonly do: "forge"; readonly to: Name; readonly as: Name; readonly forgery: Forgery }
	| {
			readonly do: "preempt";
			readonly to: Name;
			readonly as: Name;
			readonly ahead: number;
			readonly isSealed: boolean;
	  }
	| {
			readonly do: "stop";
			readonly who: Name;
			readonly turns: number;
			readonly ms: number;
			readonly order: number;
	  }
	| { readonly do: "freeze"; readonly who: Name; readonly looks: number; readonly ms: number }
	| { readonly do: "restart"; readonly who: Name; readonly turns: number; readonly ms: number }
	| { readonly do: "sleep"; readonly ms: number; readonly order: number };

/** What is done to a datagram. */
export type Meddling =
	| { readonly is: "dropped" }
	| { readonly is: "held"; readonly ms: number }
	| { readonly is: "repeated"; readonly ms: number }
	| { readonly is: "dropped, and answered by"; readonly forgery: Forgery }
	| { readonly is: "held, and answered by"; readonly forgery: Forgery; readonly ms: number }
	| { readonly is: "passed, and answered by"; readonly forgery: Forgery }
	| { readonly is: "taken by one who then stops"; readonly ms: number; readonly order: number }
	| { readonly is: "taken by one who then restarts"; readonly ms: number }
	| { readonly is: "sent by one who then restarts"; readonly ms: number }
	| { readonly is: "sent by one who then stops"; readonly ms: number; readonly order: number };

export interface Scenario {
	/** Of all randomness in it. */
	readonly seed: number;
	/** Millionths of drift, by machine. */
	readonly drifts: readonly number[];
	/** Whom it is about. */
	readonly asker: Name;
	readonly device: Name;
	/** Who has just been switched on when it begins; the others have been on for a minute. */
	readonly isFresh: readonly boolean[];
	/** Nothing that the third one sends arrives. */
	readonly isThirdSilent: boolean;
	readonly steps: readonly Step[];
}

/** A step in words. */
export function stepText(step: Step): string {
	switch (step.do) {
		case "wait":
			return `wait ${step.ms} ms`;
		case "ask":
			return `${step.who}: task ${step.device} ${step.action}`;
		case "press":
			return "the button of desk is pressed";
		case "meddle": {
			const { from, to, kind, skip, count } = step;
			const { is, ...more } = step.with;
			const details = Object.entries(more).map(([key, value]) => `${key} ${value}`);
			return `the next${count > 1 ? ` ${count}` : ""} ${kind} ${from} > ${to}${skip > 0 ? ` but ${skip}` : ""}: ${is} ${details.join(", ")}`;
		}
		case "replay":
			return `replay ${step.count} of what went ${step.from} > ${step.to}, from ${step.back} back`;
		case "forge":
			return `forge ${step.forgery} to ${step.to} in the name of ${step.as}`;
		case "preempt":
			return `ask ${step.to} in the name of ${step.as} under an id ${step.ahead} ahead${step.isSealed ? ", sealed" : ""}`;
		case "stop":
			return `stop ${step.who} after ${step.turns} turns for ${step.ms} ms, order ${step.order}`;
		case "freeze":
			return `freeze ${step.who} in a turn after ${step.looks} looks for ${step.ms} ms`;
		case "restart":
			return `restart ${step.who} after ${step.turns} turns, off for ${step.ms} ms`;
		case "sleep":
			return `all sleep for ${step.ms} ms, order ${step.order}`;
	}
}
