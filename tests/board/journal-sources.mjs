/** What journal-image.c is built of, and how; what is not the same for each compiler is left to who builds it. */
export const sources = ["tests/board/journal-image.c", "hosts/board/journal.c"];
export const flags = "-std=gnu11 -O2 -g -Wall -Wextra -Werror -fno-sanitize-recover=undefined".split(" ");
