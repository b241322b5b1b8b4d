
/* dondoc: added after mail-devel's script, to make its page answer as a mail client does (notifications/trial_mail.py). */
(() => {
  const page = MailClient.prototype;
  const { initialize, reset_editor, socket_send } = page;
  const { on_list_mailboxes, on_list_mails, on_get_mail, _display_mail, _mail_row_fill } = page;
  const $ = (selector) => document.querySelector(selector);

  const LABELS = {
    "#header-date th": "Ngày:",
    "#header-from th, tr:has(> td > #editor-from) th": "Từ:",
    "#header-to th, tr:has(> td > #editor-to) th": "Đến:",
    "#header-cc th, tr:has(> td > #editor-cc) th": "Đồng gửi:",
    "#header-subject th, tr:has(> td > #editor-subject) th": "Tiêu đề:",
  };
  const BUTTONS = {
    "#btn-new": "Viết thư", "#btn-reply": "Trả lời", "#btn-html": "Trình bày", "#btn-plain": "Chỉ chữ",
    "#btn-source": "Mã nguồn", "#btn-dropdown button": "Tệp đính kèm", "#btn-send": "Gửi", "#btn-cancel": "Bỏ",
  };
  const NOTE = "Chỉ nằm trong bộ nhớ, tắt là mất. Không kiểm tra người gửi.";

  const SIZE_LIMIT = 4 * 2 ** 20; // aiohttp closes the connection above it, and the mail would be lost unseen

  /* 11/2 must not be read as the second of November: Vietnamese order and Vietnamese time, whatever the browser. */
  const CLOCK = new Intl.DateTimeFormat("vi-VN", {
    timeZone: "Asia/Ho_Chi_Minh",
    hour: "2-digit", minute: "2-digit", day: "2-digit", month: "2-digit", year: "numeric",
  });
  const when = (mail) => {
    const sent = new Date(mail.header.date);
    return CLOCK.format(Number.isNaN(sent.getTime()) ? new Date(mail.date) : sent);
  };

  document.title = "Hộp thư dùng thử";
  document.head.insertAdjacentHTML("beforeend", '<link rel="icon" href="data:,">');

  page.initialize = function () {
    document.documentElement.lang = "vi";
    for (const [selector, text] of Object.entries(LABELS))
      for (const cell of document.querySelectorAll(selector)) cell.textContent = text;
    for (const [selector, text] of Object.entries(BUTTONS)) {
      $(selector).title = text;
      $(selector).append(` ${text}`);
    }
    $("#logo").innerHTML = `Thư dùng thử<div id="version" hidden></div><div id="trial-note">${NOTE}</div>`;
    $("#mailbox th.date").lastChild.textContent = " Ngày";
    this.prepare_accounts();
    return initialize.call(this);
  };

  /* A hundred accounts: a list to see and to search, and an address (/#name@domain) to link to. */
  page.prepare_accounts = function () {
    const list = $("#accounts");
    list.insertAdjacentHTML("beforebegin", '<input id="account-search" type="search" placeholder="Tìm hộp thư…">');
    list.addEventListener("change", () => this.load_mailboxes(list.value));
    $("#account-search").addEventListener("input", () => this.filter_accounts());
    $("#account-search").addEventListener("keydown", (event) => {
      const found = [...list.options].find((option) => !option.hidden);
      if (event.key === "Enter" && found) this.load_mailboxes((list.value = found.value));
    });
    const linked = () => decodeURIComponent(location.hash.slice(1));
    this.linked_account = linked();
    window.addEventListener("hashchange", () => this.load_mailboxes((list.value = linked())));
  };

  page.filter_accounts = function () {
    const wanted = $("#account-search").value.trim().toLowerCase();
    for (const option of $("#accounts").options) option.hidden = !option.value.includes(wanted);
  };

  page.on_list_accounts = async function (data) {
    const list = $("#accounts");
    const shown = [...list.options].map((option) => option.value);
    if (shown.join() !== data.accounts.join()) {
      const chosen = list.value;
      list.replaceChildren(...data.accounts.map((account) => new Option(account, account)));
      list.value = chosen;
      list.size = Math.max(2, Math.min(16, data.accounts.length));
      this.filter_accounts();
    }
    if (data.accounts.includes(this.linked_account)) {
      list.value = this.linked_account;
      this.linked_account = null;
    }
    if (list.selectedIndex < 0) list.selectedIndex = 0;
    if (this.account_name !== list.value) await this.load_mailboxes(list.value);
  };

  page.on_list_mailboxes = async function (data) {
    if (data.account !== $("#accounts").value) return; // an answer that comes after another account was chosen
    const changed = data.account !== this.account_name;
    await on_list_mailboxes.call(this, data);
    for (const name of document.querySelectorAll("#mailboxes .option .name"))
      if (name.textContent === "INBOX") name.textContent = "Thư đến";
    if (!changed) return;
    this._display_mail(undefined);
    await this.load_mailbox();
  };

  page.on_list_mails = async function (data) {
    if (data.account === this.account_name) await on_list_mails.call(this, data);
  };

  page.on_get_mail = async function (data) {
    if (data.account !== this.account_name) return;
    this.content_mode = data.mail.body_html ? "html" : "plain"; // a plain mail leaves the next one its layout
    $("#header-cc").hidden = !data.mail.header.cc;
    vis("#btn-dropdown", data.mail.attachments.length > 0);
    await on_get_mail.call(this, data);
    for (const link of document.querySelectorAll("#btn-dropdown a")) link.target = "_blank";
    $("#header-date input").value = when(data.mail);
  };

  page._mail_row_fill = async function (row, mail) {
    await _mail_row_fill.call(this, row, mail);
    row.querySelector(".date").textContent = when(mail);
  };

  /* Links of a mail open beside the inbox, not inside the frame that shows the mail. */
  page._display_mail = function (mail) {
    if (mail?.body_html) mail.body_html = `<base target="_blank">${mail.body_html}`;
    return _display_mail.call(this, mail);
  };

  /* The draft arrives with its quoted text, and the threading headers that the form has no field for. */
  page.on_reply_mail = async function (data) {
    await this.reset_editor(data.mail.header, data.mail.body_plain);
    $("#editor").classList.remove("hidden");
    const text = $("#editor .content textarea");
    text.focus();
    text.setSelectionRange(0, 0);
    text.scrollTop = 0;
  };

  page.reset_editor = function (header = null, body = null) {
    this.thread = {};
    for (const name of ["in-reply-to", "references"]) if (header?.[name]) this.thread[name] = header[name];
    return reset_editor.call(this, header, body);
  };

  page.socket_send = function (data) {
    if (data.command === "send_mail") {
      Object.assign(data.mail.header, this.thread);
      if (new Blob([JSON.stringify(data)]).size > SIZE_LIMIT) {
        alert("Thư dùng thử chỉ nhận tệp đính kèm đến 3 MB.");
        throw new Error("the mail is larger than a websocket frame of the trial mail"); // keeps the editor open
      }
    }
    return socket_send.call(this, data);
  };

  /* The first look shows the accounts at once: mail-devel's own first request leaves before the socket is open. */
  page.on_socket_open = async function () {
    await this.load_config();
    await this.load_accounts();
  };

  /* After a restart of the trial mail an open page finds it again. */
  page.on_socket_close = function () {
    this.socket = null;
    if (this.connection) setTimeout(() => this.connect_socket(), 1000);
  };
})();
