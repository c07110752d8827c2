/* What makes the pages better where scripts run; every page is complete without it.
 *
 *   news    a stream says that something changed; the page fetches itself and swaps its live parts
 *   keys    arrows walk along the board, M moves a case, single keys open pages, ? tells of them
 *   drag    a bar is taken to another place; the server says whether it fits, then shows its form
 *
 * Nothing is decided here: the server checks every place and renders every word about it. */
'use strict';
(() => {
  const STEP_MIN = 5;
  const page = document.body.dataset;
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const wait = (ms) => new Promise((done) => setTimeout(done, ms));
  let moving = null; // the move under way, by pointer or by keys

  // --- swapping the live parts ------------------------------------------------------------------

  const isTyping = (element) => element && /^(INPUT|SELECT|TEXTAREA)$/.test(element.tagName);

  const isChanged = (control) => {
    if (control.tagName === 'SELECT') {
      const chosen = [...control.options].findLastIndex((option) => option.defaultSelected);
      return control.selectedIndex !== Math.max(chosen, 0);
    }
    return /^(checkbox|radio)$/.test(control.type) ? control.checked !== control.defaultChecked : control.value !== control.defaultValue;
  };

  /* Somebody is about something here: typing, with something typed or chosen that was perhaps refused, or
   * with a form opened. */
  const isInUse = (part) => (part.contains(document.activeElement) && isTyping(document.activeElement))
    || all('input, select, textarea', part).some(isChanged)
    || one('details[open] form, form[data-typed]', part) !== null;

  /* What a part shows: without what differs in every answer, and what this script has put there. */
  const face = (part) => {
    const copy = part.cloneNode(true);
    for (const once of all('input[name="token"], input[name="request_id"]', copy)) once.removeAttribute('value');
    for (const bar of all('.case', copy)) bar.removeAttribute('tabindex');
    return copy.innerHTML;
  };

  /* Whoever has the focus keeps it: the same case, whatever has the same id, or a button or link that
   * says and does the same; at the least the part of the page they were in. */
  const refocus = (focused, part) => {
    if (!focused || document.activeElement !== document.body) return;
    const does = (element) => [element.textContent, element.getAttribute('href'), element.form?.getAttribute('action')].join();
    const again = focused.dataset.case ? one(`[data-case="${CSS.escape(focused.dataset.case)}"]`)
      : focused.id ? document.getElementById(focused.id)
        : all(focused.tagName, part).find((element) => does(element) === does(focused));
    if (!again && !part.hasAttribute('tabindex')) part.tabIndex = -1;
    (again ?? part).focus({ preventScroll: true });
  };

  const parts = (within) => all('[data-live][id]', within);
  const kinds = (within) => parts(within).map((part) => `${part.tagName}#${part.id}.${part.className}`).sort().join();

  /* Another page has come than this one: what stands in its place while the backend is gone, or it again.
   * It becomes this one, whose stream goes on. */
  const become = (fresh) => {
    const mark = one('#live-state', fresh);
    if (parts(document).some(isInUse)) { pending = 1; return; }
    if (!mark) { location.replace(self()); return; }
    if (state) mark.replaceWith(state);
    document.documentElement.dataset.theme = fresh.documentElement.dataset.theme ?? 'system';
    document.body.className = fresh.body.className;
    document.body.replaceChildren(...fresh.body.childNodes);
  };

  const swap = (fresh) => {
    if (!parts(fresh).length) return; // no page that lives; this one says more
    if (kinds(fresh) !== kinds(document)) become(fresh);
    else for (const part of parts(document)) {
      const other = fresh.getElementById(part.id);
      part.hidden = other.hidden;
      if (isInUse(part) || face(other) === face(part)) continue;
      const focused = part.contains(document.activeElement) && part !== document.activeElement ? document.activeElement : null;
      const { scrollLeft, scrollTop } = part;
      part.replaceChildren(...other.childNodes);
      part.scrollLeft = scrollLeft;
      part.scrollTop = scrollTop;
      refocus(focused, part);
    }
    document.title = fresh.title;
    page.token = fresh.body.dataset.token ?? page.token;
    ready();
  };

  const get = async (address) => {
    const response = await fetch(address, { headers: { accept: 'text/html' } });
    if (response.redirected && new URL(response.url).pathname === '/sign-in') throw new Error('signed out');
    const found = new DOMParser().parseFromString(await response.text(), 'text/html');
    found.isGood = response.ok;
    return found;
  };

  /* Where this page is to be had again: the answer to a form has another address of its own. */
  const self = () => one('[data-self]')?.dataset.self ?? location.href;

  // --- news -------------------------------------------------------------------------------------

  const SILENCE_MS = 30000; // the server beats every 10 s
  const MINUTE_MS = 60000;
  const ANNOUNCE_MS = 10000;
  const state = one('#live-state');
  let paused = false, over = false, changes = 0, heard = Date.now(), said = 0, pending = 0, source;
  let last = state?.dataset.since;
  let follows = false; // the front end hears the backend's changes
  let asked = 0; // answers may overtake each other

  const say = (kind, words) => {
    if (!state || over || (paused && kind !== 'paused')) return;
    const status = one('[role=status]', state); // the button beside it is not read out each time
    if (state.dataset.state === kind && status.textContent === words) return;
    state.dataset.state = kind;
    status.textContent = words;
  };

  const summary = () => {
    const now = Date.now();
    if (changes && !paused && now - said >= ANNOUNCE_MS) {
      said = now;
      say('live', `Live: ${changes} change${changes === 1 ? '' : 's'} `);
      changes = 0;
    }
  };

  const refresh = async () => {
    const isBusy = () => paused || moving || one('dialog[open]') || document.hidden;
    if (over) return;
    if (isBusy()) { pending = 1; return; }
    pending = 0;
    const question = (asked += 1);
    try {
      const fresh = await get(self());
      if (question !== asked) return;
      if (isBusy()) { pending = 1; return; }
      swap(fresh);
      const live = fresh.isGood && follows && source?.readyState === EventSource.OPEN;
      if (live && state?.dataset.state !== 'live') say('live', 'Live ');
      document.documentElement.dataset.refreshed = String(Number(document.documentElement.dataset.refreshed ?? 0) + 1);
    } catch (error) {
      if (error.message === 'signed out') { finished(); return; }
      say('lost', 'Live updates paused: trying again ');
      pending = 1;
    }
  };

  const finished = () => {
    paused = false;
    say('lost', 'Signed out: reload the page ');
    over = true;
    source?.close();
  };

  let timer = 0;
  const soon = () => {
    // Many pages hear the same; they do not all ask in the same moment. What comes until then waits
    // for the same answer, and does not put it off.
    timer ||= setTimeout(() => { timer = 0; refresh(); }, 100 + Math.random() * 400);
  };

  const listen = () => {
    source?.close();
    if (over || document.hidden) return;
    heard = Date.now();
    source = new EventSource(`/events?since=${encodeURIComponent(last)}`);
    const on = (kind, act) => source.addEventListener(kind, (event) => {
      heard = Date.now();
      if (event.lastEventId) last = event.lastEventId;
      act?.();
    });
    on('hello', () => { follows = true; say('live', 'Live '); });
    on('beat');
    on('changed', () => { changes += 1; summary(); soon(); });
    on('resync', soon);
    on('connected', () => { follows = true; say('live', 'Live '); soon(); });
    on('lost', () => { follows = false; say('lost', 'Live updates paused: the backend does not answer '); soon(); });
    const mine = source;
    source.onerror = async () => {
      say('lost', 'Live updates paused: trying again ');
      if (mine.readyState !== EventSource.CLOSED) return;
      soon(); // which tells whether we are signed out
      await wait(2000);
      if (mine === source) listen();
    };
  };

  const follow = () => {
    const button = Object.assign(document.createElement('button'), { type: 'button', className: 'link-button', textContent: 'Pause' });
    button.addEventListener('click', () => {
      paused = !paused;
      button.textContent = paused ? 'Go on' : 'Pause';
      if (paused) say('paused', 'Paused ');
      else if (follows) say('live', 'Live ');
      else say('lost', 'Live updates paused: trying again ');
      if (!paused) soon();
    });
    state.prepend(button); // before the words: it stays where it is
    listen();
    setInterval(() => {
      summary();
      if (over || document.hidden) return;
      if (Date.now() - heard > SILENCE_MS) { say('lost', 'Live updates paused: trying again '); listen(); }
      if (pending) refresh();
    }, 3000);
    setInterval(refresh, MINUTE_MS); // the line of now moves
    // A browser has six connections for all its tabs, so those that nobody sees take none.
    document.addEventListener('visibilitychange', () => {
      if (document.hidden) { source?.close(); return; }
      heard = Date.now();
      listen();
      if (pending) refresh();
    });
  };

  /* A page on which something is under way says so, and is fetched anew until it does not. */
  const POLL_MS = 1000;
  const poll = async () => {
    while (one('[data-poll]')) {
      await wait(POLL_MS);
      try {
        const fresh = await get(location.href);
        swap(fresh);
        one('[data-poll]').toggleAttribute('data-poll', one('[data-poll]', fresh) !== null);
      } catch { /* the server is away for a moment: asked again */ }
    }
  };

  // --- the board --------------------------------------------------------------------------------

  const lanes = () => all('.lanes[data-theatre]');
  const bars = () => all('.case[data-case]');
  const minutesOf = (bar) => Number(bar.dataset.offset);
  const laneOf = (bar) => bar.closest('.lanes');
  const instant = (lane, minute) => new Date(Date.parse(lane.dataset.from) + minute * 60000).toISOString();
  const clock = (lane, minute) => {
    // The axis has the hospital's times, whatever this computer's zone.
    const hour = all('.axis__hour')[Math.floor(minute / 60)]?.textContent ?? '';
    return `${hour.slice(0, 2)}:${String(((minute % 60) + 60) % 60).padStart(2, '0')}`;
  };

  /* One bar is in the tab order; arrows reach the others. */
  const rove = (bar) => { for (const other of bars()) other.tabIndex = other === bar ? 0 : -1; };
  const ready = () => {
    const found = bars();
    if (!found.length) return;
    rove(found.find((bar) => bar === document.activeElement) ?? found.find((bar) => bar.hasAttribute('data-moves')) ?? found[0]);
  };

  const neighbour = (bar, key) => {
    const inLane = all('.case[data-case]', laneOf(bar));
    if (key === 'ArrowLeft' || key === 'ArrowRight') return inLane[inLane.indexOf(bar) + (key === 'ArrowLeft' ? -1 : 1)];
    const rows = lanes();
    const step = key === 'ArrowUp' ? -1 : 1;
    for (let index = rows.indexOf(laneOf(bar)) + step; rows[index]; index += step) {
      const near = all('.case[data-case]', rows[index]).sort((a, b) => Math.abs(minutesOf(a) - minutesOf(bar)) - Math.abs(minutesOf(b) - minutesOf(bar)));
      if (near.length) return near[0];
    }
    return undefined;
  };

  // --- moving -----------------------------------------------------------------------------------

  const show = (move) => {
    const columns = Number(move.lane.dataset.minutes) / STEP_MIN;
    const start = Math.min(Math.max(Math.round(move.minute / STEP_MIN), 0), columns - 1);
    const width = Math.max(1, Math.min(Math.ceil(move.length / STEP_MIN), columns - start));
    move.ghost.className = `ghost r1 s${start + 1} w${width}`;
    move.ghost.textContent = `${clock(move.lane, move.minute)} ${move.words}`;
    if (move.ghost.parentElement !== move.lane) move.lane.append(move.ghost);
  };

  /* Asks whether it would fit; only the answer to the last question counts. */
  const preview = (move) => {
    clearTimeout(move.asking);
    move.words = '';
    delete move.ghost.dataset.verdict;
    move.asking = setTimeout(async () => {
      const question = (move.question += 1);
      const form = new URLSearchParams({ token: page.token, theatre: move.lane.dataset.theatre, at: instant(move.lane, move.minute), preview: '1' });
      try {
        const response = await fetch(`/${move.name}/move`, { method: 'POST', body: form });
        const answer = new DOMParser().parseFromString(await response.text(), 'text/html');
        if (question !== move.question) return;
        const fits = one('#fits', answer) !== null;
        const broken = all('#refusal li, .complaint', answer).map((item) => (one('bdi', item) ?? item).textContent.trim());
        move.ghost.dataset.verdict = fits ? 'fits' : 'refused';
        move.words = fits ? 'fits' : broken.join(' · ') || 'does not fit';
        one('#move-words').textContent = `${clock(move.lane, move.minute)}: ${move.words}`;
        show(move);
      } catch { /* without an answer there is no verdict; the form will tell */ }
    }, 120);
  };

  const begin = (bar) => {
    const ghost = document.createElement('span');
    if (!one('#move-words')) {
      document.body.append(Object.assign(document.createElement('p'), { id: 'move-words', className: 'sr', role: 'status' }));
    }
    bar.dataset.dragging = '';
    return { bar, ghost, name: bar.dataset.case, lane: laneOf(bar), minute: minutesOf(bar), length: Number(bar.dataset.length), words: '', question: 0 };
  };

  const end = () => {
    if (!moving) return;
    clearTimeout(moving.asking);
    moving.question += 1;
    moving.ghost.remove();
    delete moving.bar.dataset.dragging;
    moving = null;
  };

  /* The server's own form, in a dialog, with place and time filled in. */
  const confirm = async (move) => {
    const next = location.pathname + location.search.replace(/([?&])undo=[^&]*&?/, '$1').replace(/[?&]$/, '');
    const query = new URLSearchParams({ theatre: move.lane.dataset.theatre, at: instant(move.lane, move.minute), next });
    const answer = await get(`/${move.name}/move?${query}`).catch(() => null);
    const form = answer && one('#move', answer);
    if (!form) { location.href = `/${move.name}/move?${query}`; return; }
    const dialog = document.createElement('dialog');
    dialog.setAttribute('aria-label', 'Move the case');
    dialog.append(form);
    document.body.append(dialog);
    dialog.addEventListener('close', () => { dialog.remove(); one(`[data-case="${CSS.escape(move.name)}"]`)?.focus(); });
    one('[data-close]', dialog)?.addEventListener('click', (event) => { event.preventDefault(); dialog.close(); });
    dialog.showModal();
    one('#reason', dialog)?.focus();
  };

  const finish = async () => {
    const move = moving;
    if (!move) return;
    const moved = move.lane !== laneOf(move.bar) || move.minute !== minutesOf(move.bar);
    end();
    if (moved) await confirm(move);
  };

  const shift = (minutes) => {
    const most = Number(moving.lane.dataset.minutes) - STEP_MIN;
    moving.minute = Math.min(Math.max(moving.minute + minutes, 0), most);
    show(moving);
    preview(moving);
  };

  // --- keys -------------------------------------------------------------------------------------

  const help = () => one('#keys')?.showModal();
  document.addEventListener('click', (event) => {
    if (!event.target.closest('[data-help]')) return;
    event.preventDefault();
    help();
  });

  const ARROWS = ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'];

  const moveKey = (event) => {
    const far = event.shiftKey ? 3 * STEP_MIN : STEP_MIN;
    const rows = lanes();
    const acts = {
      ArrowLeft: () => shift(-far),
      ArrowRight: () => shift(far),
      ArrowUp: () => { moving.lane = rows[Math.max(rows.indexOf(moving.lane) - 1, 0)]; shift(0); },
      ArrowDown: () => { moving.lane = rows[Math.min(rows.indexOf(moving.lane) + 1, rows.length - 1)]; shift(0); },
      Enter: finish,
      Escape: end,
    };
    if (acts[event.key]) { event.preventDefault(); acts[event.key](); }
  };

  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || one('dialog[open]')) return;
    if (moving) { moveKey(event); return; }
    const bar = event.target.closest?.('.case[data-case]');
    if (bar && ARROWS.includes(event.key)) {
      event.preventDefault();
      const next = neighbour(bar, event.key);
      if (next) { rove(next); next.focus(); }
    } else if (page.shortcuts === 'off') {
      return;
    } else if (event.key === '?') {
      event.preventDefault();
      help();
    } else if (event.key === '/' && one('[role="search"] input')) {
      event.preventDefault(); // the slash itself is no search
      one('[role="search"] input').focus();
    } else if (bar?.hasAttribute('data-moves') && event.key.toLowerCase() === 'm') {
      event.preventDefault();
      moving = begin(bar);
      shift(0);
    } else {
      one(`[data-key="${CSS.escape(event.key)}"]`)?.click();
    }
  });

  // --- dragging ---------------------------------------------------------------------------------

  const FAR_ENOUGH_PX = 6;
  let pressed = null;

  const laneAt = (y) => lanes().find((lane) => { const box = lane.getBoundingClientRect(); return y >= box.top && y < box.bottom; });

  document.addEventListener('dragstart', (event) => { if (event.target.closest?.('.case')) event.preventDefault(); });
  // A move by keys ends with whatever else is begun.
  document.addEventListener('focusout', () => { if (!pressed) end(); });
  document.addEventListener('pointerdown', (event) => {
    end();
    const bar = event.target.closest?.('.case[data-moves]');
    if (bar && event.button === 0 && event.pointerType !== 'touch') {
      pressed = { bar, x: event.clientX, y: event.clientY, grip: event.clientX - bar.getBoundingClientRect().left };
    }
  });
  document.addEventListener('pointermove', (event) => {
    if (!pressed) return;
    if (!moving && Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) < FAR_ENOUGH_PX) return;
    moving ??= begin(pressed.bar);
    const lane = laneAt(event.clientY) ?? moving.lane;
    const box = lane.getBoundingClientRect();
    const raw = ((event.clientX - pressed.grip - box.left) / box.width) * Number(lane.dataset.minutes);
    const minute = Math.min(Math.max(Math.round(raw / STEP_MIN) * STEP_MIN, 0), Number(lane.dataset.minutes) - STEP_MIN);
    if (lane === moving.lane && minute === moving.minute && moving.ghost.parentElement) return;
    Object.assign(moving, { lane, minute });
    show(moving);
    preview(moving);
  });
  document.addEventListener('pointerup', () => {
    if (pressed && moving) {
      // The press was a drag: the link under it is not followed.
      addEventListener('click', (click) => { click.preventDefault(); click.stopPropagation(); }, { capture: true, once: true });
      setTimeout(finish);
    }
    pressed = null;
  });
  document.addEventListener('pointercancel', () => { pressed = null; end(); });

  // --- at last ----------------------------------------------------------------------------------

  ready();
  const undo = one('#undo[data-gone-in]');
  if (undo) setTimeout(() => undo.remove(), Number(undo.dataset.goneIn) * 1000);
  const board = one('#board');
  const now = one('.axis__now');
  if (board && now) board.scrollLeft = Math.max(0, now.offsetLeft - board.clientWidth / 2);
  if (state) follow();
  poll();
})();
