// Shows how far an upload is; without this script the form is sent as it is.
"use strict";

const MOST = 20 * 1024 * 1024;

function focusResult() {
  const result = document.getElementById("loi") || document.getElementById("ket-qua");
  if (result) {
    result.focus();
    result.scrollIntoView({ block: "start" });
  }
}

function show(request) {
  if (request.responseURL.includes("da-ghi=")) {
    window.location.assign(request.responseURL + "#ket-qua");
    return;
  }
  const answered = new DOMParser().parseFromString(request.responseText, "text/html");
  document.title = answered.title;
  document.body.replaceWith(answered.body);
  focusResult();
}

function complain(form, words) {
  const progress = form.querySelector(".progress");
  progress.hidden = false;
  progress.querySelector("progress").hidden = true;
  progress.querySelector("label").hidden = true;
  progress.querySelector("span").textContent = words;
  form.querySelector("button").disabled = false;
}

function send(form) {
  const progress = form.querySelector(".progress");
  const bar = progress.querySelector("progress");
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable) {
      bar.value = Math.round((100 * event.loaded) / event.total);
      progress.querySelector("span").textContent = bar.value + "%";
    }
  });
  request.addEventListener("load", () => show(request));
  request.addEventListener("error", () =>
    complain(form, "Chưa gửi được do đường truyền. Các nội dung đã ghi vẫn còn; đề nghị bấm “Gửi trả lời” lần nữa."));
  form.querySelector("button").disabled = true;
  progress.hidden = false;
  bar.hidden = progress.querySelector("label").hidden = false;
  request.send(new FormData(form));
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  const file = form.querySelector('input[type="file"]');
  const chosen = form.querySelector('input[name="kind"]:checked');
  if (!file || !file.files.length || !chosen || chosen.value !== "done") {
    return;
  }
  event.preventDefault();
  if (file.files[0].size > MOST) {
    complain(form, "Tệp lớn hơn 20 MB. Đề nghị chọn tệp nhỏ hơn, hoặc chỉ ghi số và ngày văn bản.");
    return;
  }
  send(form);
});

focusResult();
