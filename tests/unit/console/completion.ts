import { completion } from "../../../modules/console/completion.js";
import { wrapped } from "../../../modules/console/wrapped.js";
import { equal, ok } from "../../harness/assert.js";
import { Story } from "../../harness/chain-story.js";
import { suite } from "../../harness/suite.js";

const { members } = new Story().withMembers("Kitchen", "kitchen lamp", "tür");
const complete = (typed: string) => completion(typed, members);
const text = (typed: string) => complete(typed).text;

export default [
	suite("completion", {
		"finds the one command that begins so, and all that do"() {
			equal(complete("st"), { text: "status", choices: ["status"] });
			equal(complete("CHE"), { text: "checkpoint", choices: ["checkpoint"] });
			equal(complete("rec"), { text: "recover", choices: ["recover", "recovery"] });
			equal(completion("li", members, name => name !== "line").choices, []);
			equal(complete("u").choices, ["unwatch", "uninvite", "ungrant"]);
			equal(complete("x"), { text: "x", choices: [] });
		},
		"goes on with a space where more is to follow, and with none where not"() {
			equal([text("wat"), text("stat"), text("watch t")], ["watch ", "status", "watch tür"]);
		},
		"finds names, spaces and all, without regard to case, and what is asked of several"() {
			equal(text("task T"), "task tür ");
			equal(text("task TÜR of"), "task tür off");
			equal(text("task al"), "task all ");
			equal(complete("watch li"), { text: "watch light", choices: ["light"] });
			equal(complete("remove li").choices, []);
			equal(text("task kitchen la"), "task kitchen lamp ");
		},
		"where a name is the beginning of another, both go on"() {
			equal(text("watch ki"), "watch Kitchen");
			equal(complete("task kitchen ").choices, [
				"read",
				"on",
				"off",
				"toggle",
				"lock",
				"unlock",
				"kitchen lamp"
			]);
		},
		"knows what stands between"() {
			equal(text("grant tür "), "grant tür unlock ");
			equal(text("grant tür unlock a"), "grant tür unlock all");
			equal(text("grant tür unlock Ki"), "grant tür unlock Kitchen");
		},
		"leaves alone what it does not know"() {
			for (const typed of ["", " ", "nonsense ki", "status ", "invite ", "task nobody o", "wifi home se"])
				equal(text(typed), typed);
		}
	}),
	suite("wrapped", {
		"ends a line between two words, and shows all of it"() {
			const line = "a word that is followed by others until there is no more room for them in one line";
			for (let columns = 20; columns < 100; columns += 1) {
				const lines = wrapped(line, columns).split("\n");
				for (const one of lines) ok(one.length < columns, one);
				equal(lines.join(" "), line);
			}
		},
		"goes on below the second column"() {
			equal(wrapped("status               this node at a glance, that is in nine lines", 50).split("\n"), [
				"status               this node at a glance, that",
				"                     is in nine lines"
			]);
			equal(wrapped("status     this node at a glance", 26), "status     this node at a\n           glance");
		},
		"leaves a line alone that fits, where the width is not known, and words that are longer"() {
			equal(wrapped("one two", 0), "one two");
			equal(wrapped("one two three four five six", 3), "one two three four five six");
			const word = "x".repeat(50);
			equal(wrapped(`a ${word} b`, 20), `a\n${word}\nb`);
		},
		"counts characters that take two columns as two"() {
			equal(wrapped("电灯电灯 电灯电灯 电灯电灯", 20), "电灯电灯 电灯电灯\n电灯电灯");
		}
	})
];
