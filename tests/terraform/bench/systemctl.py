#!/usr/bin/python3
"""A stand-in for systemd in a machine of the bench: runs the commands of units, with their settings and their folders, and runs them again
when they end. What it does not do is what systemd's sandbox does: users, capabilities, system calls.

    systemctl daemon-reload
    systemctl restart [--no-block] UNIT...
    systemctl stop UNIT...
    systemctl kill --signal=KILL UNIT        its program alone, which is then started again as after any other end
    systemctl is-active UNIT
    systemctl show --property=ActiveEnterTimestamp --value UNIT     when it was started; nothing when it does not run
    systemctl poweroff --force --force       as when the power is cut: nothing is stopped, everything is gone
"""
import os
import shlex
import signal
import subprocess
import sys
import time

UNITS = "/etc/systemd/system"
PIDS = "/run/systemctl"
# Shorter than the units': nobody wants to wait on a bench.
RESTART_S = 0.5


def parse(unit):
    """Every value of every key, in order; specifiers replaced."""
    found = {}
    with open(f"{UNITS}/{unit}", encoding="utf-8") as lines:
        for line in lines:
            line = line.strip()
            if line and line[0] not in "#;[":
                key, _, value = line.partition("=")
                value = value.replace("%S", "/var/lib").replace("%t", "/run")
                found.setdefault(key.strip(), []).append(value.strip())
    return found


def environment(settings):
    """As systemd has it: the unit's variables, then its files', read when a command starts."""
    variables = dict(os.environ)
    for kind, parent in (("StateDirectory", "/var/lib"), ("RuntimeDirectory", "/run")):
        for name in settings.get(kind, []):
            folder = f"{parent}/{name}"
            if not os.path.exists(folder):
                # Where systemd has what belongs to a unit's own user: nobody else gets there, and a link leads to it.
                os.makedirs(f"{parent}/private", mode=0o700, exist_ok=True)
                os.makedirs(f"{parent}/private/{name}", mode=0o755, exist_ok=True)
                os.symlink(f"private/{name}", folder)
            variables["STATE_DIRECTORY" if kind == "StateDirectory" else "RUNTIME_DIRECTORY"] = folder
    for assignment in settings.get("Environment", []):
        for word in shlex.split(assignment):
            name, _, value = word.partition("=")
            variables[name] = value
    for path in settings.get("EnvironmentFile", []):
        optional, path = path.startswith("-"), path.lstrip("-")
        if optional and not os.path.exists(path):
            continue
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                if "=" in line and not line.startswith("#"):
                    name, _, value = line.strip().partition("=")
                    variables[name] = value
    return variables


def clean(settings, kept):
    """What is in a unit's runtime folder goes with it, unless the unit says that it stays."""
    if settings.get("RuntimeDirectoryPreserve", ["no"])[-1] in kept:
        return
    for name in settings.get("RuntimeDirectory", []):
        for entry in os.scandir(f"/run/private/{name}") if os.path.isdir(f"/run/private/{name}") else ():
            if not entry.is_dir():
                os.remove(entry.path)


def supervise(unit):
    """Until SIGTERM: start, wait, start again."""
    log = open(log_file(unit), "ab", buffering=0)
    running = None

    def stop(_signal, _frame):
        if running:
            running.terminate()
            try:
                running.wait(40)
            except subprocess.TimeoutExpired:
                running.kill()
        sys.exit(0)

    signal.signal(signal.SIGTERM, stop)
    while True:
        settings = parse(unit)

        def run(key):
            for command in settings.get(key, []):
                if subprocess.run(shlex.split(command), env=environment(settings), stdin=subprocess.DEVNULL, stdout=log, stderr=log).returncode:
                    return False
            return True

        if run("ExecStartPre"):
            command = shlex.split(settings["ExecStart"][0])
            running = subprocess.Popen(command, env=environment(settings), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
            with open(main_pid_file(unit), "w", encoding="utf-8") as file:
                file.write(str(running.pid))
            if run("ExecStartPost"):
                running.wait()
            else:
                running.terminate()
                running.wait()
            running = None
        clean(settings, ("yes", "restart"))
        time.sleep(RESTART_S)


def log_file(unit):
    return f"/var/log/{unit}.log"


def pid_file(unit):
    return f"{PIDS}/{unit}.pid"


def main_pid_file(unit):
    return f"{PIDS}/{unit}.main.pid"


def stat(pid):
    """(state, process group) of a process that there is."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            # Behind the name, which may hold anything.
            words = file.read().rpartition(")")[2].split()
    except OSError:
        return None
    # What has ended runs no more, whenever somebody takes note of it: on a machine that may be seconds later.
    return None if words[0] in "ZX" else (words[0], int(words[2]))


def alive(pid_of):
    """The process whose id is in a file, if it runs."""
    try:
        with open(pid_of, encoding="utf-8") as file:
            pid = int(file.read())
    except (OSError, ValueError):
        return None
    return pid if stat(pid) else None


def wait_for(gone, patience_s):
    give_up = time.monotonic() + patience_s
    while not gone() and time.monotonic() < give_up:
        time.sleep(0.05)


def end(pid, how):
    """Returns when a unit's supervisor is gone, and with it whatever it has started."""
    os.kill(pid, how)
    wait_for(lambda: not stat(pid), 45)
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    wait_for(lambda: not any(name.isdigit() and (stat(name) or ("", 0))[1] == pid for name in os.listdir("/proc")), 5)


def stop(unit):
    pid = alive(pid_file(unit))
    if pid:
        end(pid, signal.SIGTERM)


def cut_power():
    """Each unit's supervisor leads a group of processes: all that it has started, in the middle of whatever."""
    for name in os.listdir(PIDS):
        pid = None if name.endswith(".main.pid") else alive(f"{PIDS}/{name}")
        if pid:
            end(pid, signal.SIGKILL)


def start(unit):
    parse(unit)  # a unit that is not there fails here, where somebody sees it
    os.makedirs(PIDS, exist_ok=True)
    # There to be read from now on, whether its commands have said anything or not.
    open(log_file(unit), "ab").close()
    child = subprocess.Popen([sys.executable, __file__, "--supervise", unit], stdin=subprocess.DEVNULL,
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    with open(pid_file(unit), "w", encoding="utf-8") as file:
        file.write(str(child.pid))


def main(verb, words):
    # Who logged in is nobody in particular, and asks by sudo.
    if os.environ.get("BENCH_LOGIN") and verb not in ("is-active", "show"):
        sys.exit(f"systemctl: {verb}: Interactive authentication required.")
    units = [word if "." in word else word + ".service" for word in words if not word.startswith("-")]
    if verb == "--supervise":
        supervise(units[0])
    elif verb == "daemon-reload":
        return 0
    elif verb == "restart":
        for unit in units:
            stop(unit)
            clean(parse(unit), ("yes", "restart"))
            start(unit)
    elif verb == "stop":
        for unit in units:
            stop(unit)
            clean(parse(unit), ("yes",))
    elif verb == "show":
        if alive(pid_file(units[0])):
            started = os.stat(pid_file(units[0])).st_mtime
            print(time.strftime("%a %Y-%m-%d %H:%M:%S UTC", time.gmtime(started)))
    elif verb == "is-active":
        return 0 if alive(pid_file(units[0])) else 3
    elif verb == "kill":
        # Told to a process that is being started anew: there is none to kill.
        main_pid = alive(main_pid_file(units[0]))
        if not main_pid:
            return 1
        os.kill(main_pid, signal.SIGKILL)
    elif verb == "poweroff":
        cut_power()
    else:
        sys.exit(f"systemctl: the bench knows no {verb}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
