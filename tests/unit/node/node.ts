import type { Suite } from "../../harness/suite.js";
import announcing from "./announcing.js";
import catchingUp from "./catching-up.js";
import doorkeeper from "./doorkeeper.js";
import freshness from "./freshness.js";
import groupAsk from "./group-ask.js";
import hearsay from "./hearsay.js";
import home from "./home.js";
import homeDuties from "./home-duties.js";
import intake from "./intake.js";
import intakeOrder from "./intake-order.js";
import inventedBlocks from "./invented-blocks.js";
import membershipDoubt from "./membership-doubt.js";
import messages from "./messages.js";
import neighbours from "./neighbours.js";
import onceRemoved from "./once-removed.js";
import order from "./order.js";
import peerSearch from "./peer-search.js";
import permissionText from "./permission-text.js";
import removalNotice from "./removal-notice.js";
import settings from "./settings.js";
import stewardship from "./stewardship.js";
import strangerReports from "./stranger-reports.js";
import strangers from "./strangers.js";
import takenTasks from "./taken-tasks.js";
import taskAsk from "./task-ask.js";
import troubles from "./troubles.js";
import twoStories from "./two-stories.js";

export default [
	announcing,
	catchingUp,
	freshness,
	doorkeeper,
	groupAsk,
	onceRemoved,
	order,
	hearsay,
	peerSearch,
	permissionText,
	home,
	homeDuties,
	intake,
	intakeOrder,
	inventedBlocks,
	messages,
	membershipDoubt,
	neighbours,
	removalNotice,
	settings,
	stewardship,
	strangerReports,
	strangers,
	takenTasks,
	taskAsk,
	troubles,
	twoStories
] as Suite[];
