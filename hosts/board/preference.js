/** Small values in the flash: hosts/board/journal.h. A set that was cut off leaves the old value or the new. */
export default class Preference {
	static set(domain, key, value) @ "xs_preference_set";
	static get(domain, key) @ "xs_preference_get";
	static delete(domain, key) @ "xs_preference_delete";
	static keys(domain) @ "xs_preference_keys";
}
