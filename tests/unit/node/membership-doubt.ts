import { MembershipDoubt } from "../../../modules/node/membership-doubt.js";
import { equal, ok } from "../../harness/assert.js";
import { Story } from "../../harness/chain-story.js";
import { suite } from "../../harness/suite.js";
import { VirtualClock } from "../../harness/virtual-clock.js";

function home() {
	const clock = new VirtualClock();
	const told: string[] = [];
	const chain = new Story().withMembers("door", "knob");
	const idOf = (name: string) => chain.members.all.find(member => member.name === name)?.idText ?? "";
	const doubt = new MembershipDoubt({ clock, chain, report: text => told.push(text) });
	return { clock, told, doubt, lamp: idOf("lamp"), knob: idOf("knob") };
}

export default suite("node: who is no member for others", {
	"is told of it once, where half a minute changes nothing": () => {
		const { clock, told, doubt, lamp } = home();
		for (let second = 0; second < 300; second += 10) {
			doubt.doubted(lamp);
			clock.advance(10_000);
		}
		equal(told.length, 1);
		ok(told[0]?.startsWith("lamp does not take this node for a member"), told[0]);
		equal(doubt.doubter, "lamp");
	},
	"is told of it though others, that were off as well, are as it is": () => {
		const { clock, told, doubt, lamp, knob } = home();
		doubt.doubted(lamp);
		clock.advance(20_000);
		doubt.compared(knob);
		clock.advance(20_000);
		doubt.doubted(lamp);
		equal(told.length, 1);
	},
	"is not told of who only had not heard of it yet": () => {
		const { clock, told, doubt, lamp } = home();
		doubt.doubted(lamp);
		clock.advance(20_000);
		doubt.compared(lamp);
		clock.advance(20_000);
		doubt.doubted(lamp);
		clock.advance(20_000);
		doubt.compared(lamp);
		equal(told, []);
	},
	"is told when it is one for them again": () => {
		const { clock, told, doubt, lamp } = home();
		doubt.doubted(lamp);
		clock.advance(30_000);
		doubt.doubted(lamp);
		doubt.compared(lamp);
		equal(told.length, 2);
		equal(told[1], "lamp takes this node for a member again");
		equal(doubt.doubter, undefined);
	},
	"is not told of what one doubted long ago, and another doubts now": () => {
		const { clock, told, doubt, lamp, knob } = home();
		doubt.doubted(lamp);
		clock.advance(86_400_000);
		doubt.doubted(knob);
		equal(told, []);
	},
	"is told anew of who says so again long after": () => {
		const { clock, told, doubt, lamp, knob } = home();
		for (const peer of [lamp, knob]) {
			doubt.doubted(peer);
			clock.advance(30_000);
			doubt.doubted(peer);
			clock.advance(86_400_000);
			equal(doubt.doubter, undefined);
		}
		equal(told.length, 2);
	}
});
