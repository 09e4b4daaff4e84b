"""Runs a program on a pseudo-terminal, answers its questions and tells as JSON what was seen."""

import json
import os
import pty
import select
import signal
import sys
import termios
import time

ending, command = sys.argv[1], sys.argv[2:]
master, slave = pty.openpty()
before = termios.tcgetattr(slave)
child = os.fork()
if child == 0:
	os.close(master)
	os.login_tty(slave) if hasattr(os, "login_tty") else None
	if not hasattr(os, "login_tty"):
		os.setsid()
		import fcntl

		fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
		for descriptor in range(3):
			os.dup2(slave, descriptor)
	os.execv(command[0], command)

output = ""


def until(text):
	global output
	limit = time.time() + 10
	while text not in output and time.time() < limit:
		if select.select([master], [], [], 0.1)[0]:
			output += os.read(master, 4096).decode()
	time.sleep(0.05)


def shown():
	return bool(termios.tcgetattr(slave)[3] & termios.ECHO)


until("password: ")
hidden = not shown()
os.write(master, b"secret\n")
until("name: ")
hidden = hidden and shown()
os.write(master, b"bob\n")
until("again: ")
hidden = hidden and not shown()
if ending == "fg":
	# As a shell does with ctrl-Z and fg: its own settings are in force meanwhile, and stay.
	os.kill(child, signal.SIGSTOP)
	os.waitpid(child, os.WUNTRACED)
	termios.tcsetattr(slave, termios.TCSANOW, before)
	os.kill(child, signal.SIGCONT)
	limit = time.time() + 2
	while shown() and time.time() < limit:
		time.sleep(0.01)
	hidden = hidden and not shown()
if ending in ("line", "fg"):
	os.write(master, b"hidden\n")
elif ending == "ctrl-C":
	os.write(master, b"\x03")
else:
	os.kill(child, getattr(signal, ending))
_, status = os.waitpid(child, 0)
time.sleep(0.05)
while select.select([master], [], [], 0)[0]:
	output += os.read(master, 4096).decode()
print(
	json.dumps(
		{
			"output": output,
			"hidden": hidden,
			"restored": termios.tcgetattr(slave) == before,
			"code": os.WEXITSTATUS(status) if os.WIFEXITED(status) else -os.WTERMSIG(status),
		}
	)
)
