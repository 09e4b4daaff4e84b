/** The command line: `data`, `port`, `peers`, `headless` and what `--set` gave. */
export default read();

function read() @ "xs_config_read";
