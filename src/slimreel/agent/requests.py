"""What can be asked of a session and not of a draft: how it stands, credits, uploads, help; what asks for nothing."""

from __future__ import annotations

from slimreel.edit.said import Said

REQUESTS: dict[str, Said] = {
    "status": Said(
        cues=(
            "ask_word rendering going_to",
            "ask_word done_word",
            "done_word yet",
            "ask_word rendering",
            "ask_word rendering done_word",
            "ask_word export",
            "done_word question",
            "rendering>done_word",
            "ask_word status",
            "timeline preview",
            "status question",
            "rendering question",
            "status",
            "status rendering",
            "timeline",
            "status timeline",
            "timeline question",
        ),
        words="done_word ask_word yet left_word status timeline rendering export video question preview",
        en=("what's on the timeline", "show me the tracks", "how far is the render", "status?"),
        zh=("看看时间线", "有哪些轨道", "渲染进度", "状态"),
    ),
    "credits": Said(
        cues=("credits left_word", "credits ask_word", "credits", "credits question", "preview credits"),
        words="left_word ask_word credits question export rendering keep preview",
        en=("credits?", "what's my balance", "how much do i have left"),
        zh=("积分", "余额多少", "还剩多少额度"),
    ),
    "upload": Said(
        cues=(
            "adding|upload|getting own_file",
            "upload own_file",
            "own_file",
            "upload",
            "upload URL",
            "URL",
            "adding URL",
            "keep URL",
            "upload video",
        ),
        words="own_file getting upload adding video other keep music image",
        en=("upload", "add this file", "import https://x.test/v.mp4"),
        zh=("上传", "导入视频", "用这个链接 https://x.test/v.mp4"),
    ),
    "cancel": Said(
        cues=(
            "rendering remove|undo !video",
            "rendering cancel",
            "cancel",
            "cancel rendering",
            "cancel JOB",
            "cancel export",
            "neg export cancel",
            "remove JOB",
        ),
        words="remove undo cancel rendering export status",
        en=("cancel the render", "abort", "never mind, stop it"),
        zh=("取消渲染", "停", "别导了"),
    ),
    "help": Said(
        cues=("preview help", "export help", "help", "supporting question", "help question"),
        words=(
            "help question adding changing supporting upload export out:container out:codec out:resolution LINES SCALE "
            "VIDEOFILE subtitles text n_title music sound video transition logo image gif pip speed blurregion "
            "aspectword extract_audio thumbnail fade noise color out:subject out:preset watermark volume"
        ),
        en=("help", "what can i ask you", "which formats do you take"),
        zh=("帮助", "你能做什么", "支持什么格式"),
    ),
    "nothing": Said(
        cues=(
            "@any ORDINAL|CLIP untouched",
            "dont_cancel",
            "CLIP untouched",
            "dont>undo",
            "dont>undo it",
            "untouched video",
            "dont>cancel",
            "dont>sharpen|stabilize|denoise|export|mute|reset|redo|crop|rotate",
            "yet_not",
            "yet_not export",
            "untouched",
            "untouched @element|sound|video",
            "dont>changing|moving|remove|cutting",
            "dont>export",
            "dont>export yet",
            "yet dont>export",
            "keep @element",
            "keep sound|subtitles|order",
            "untouched order|rest",
            "dont>splitting",
            "dont>burn",
            "dont>export until",
        ),
        words=(
            "neg dont until untouched keep rest except changing export yet sound voice subtitles order rendering music "
            "n_title text image transition both original_sound quieter undo"
        ),
    ),
    "unclear": Said(
        cues=("shrink_to NUMBER !times !TIME", "out:compress going_to NUMBER !times", "out:compress NUMBER"),
    ),
}
