import type { Rules } from "./rules.js";
import { baseStories } from "./stories-bases.js";
import { keyStories } from "./stories-keys.js";
import { memberStories } from "./stories-members.js";
import { takingStories } from "./stories-takings.js";

/** One history that must come out right. */
export interface Story {
	readonly name: string;
	/** Throws when it does not. */
	readonly tell: (rules: Rules) => void;
}

export const stories: readonly Story[] = [...takingStories, ...memberStories, ...keyStories, ...baseStories];
