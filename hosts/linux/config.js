/** The command line: `data`, `port`, `peers` and what `--set` gave. */
export default read();

function read() @ "xs_config_read";
