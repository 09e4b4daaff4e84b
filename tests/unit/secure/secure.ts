import type { Suite } from "../../harness/suite.js";
import addresses from "./addresses.js";
import adversary from "./adversary.js";
import backups from "./backups.js";
import badMember from "./bad-member.js";
import badOwner from "./bad-owner.js";
import curveWork from "./curve-work.js";
import freshness from "./freshness.js";
import grants from "./grants.js";
import guesses, { endings } from "./guesses.js";
import handshakes from "./handshakes.js";
import home from "./home.js";
import introduced from "./introduced.js";
import joining from "./joining.js";
import membership from "./membership.js";
import names from "./names.js";
import newKeys from "./new-keys.js";
import oldKeys from "./old-keys.js";
import oneGuess, { configuredAnswers } from "./one-guess.js";
import ownErrors from "./own-errors.js";
import presses from "./presses.js";
import sessions from "./sessions.js";
import shares from "./shares.js";
import sponsors from "./sponsors.js";
import stewards from "./stewards.js";
import tasks from "./tasks.js";
import unwritten from "./unwritten.js";
import vouching from "./vouching.js";

export default [
	addresses,
	adversary,
	backups,
	badMember,
	badOwner,
	curveWork,
	freshness,
	grants,
	handshakes,
	introduced,
	guesses,
	endings,
	home,
	joining,
	membership,
	names,
	oneGuess,
	configuredAnswers,
	newKeys,
	oldKeys,
	ownErrors,
	presses,
	sessions,
	shares,
	sponsors,
	stewards,
	tasks,
	unwritten,
	vouching
] as Suite[];
