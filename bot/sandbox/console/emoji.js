// Emoji short codes. Those an order desk meets, and the everyday ones; others stay as they were written.

import { h } from "./dom.js";

const TABLE = `
large_green_circle 🟢|green_circle 🟢|large_blue_circle 🔵|large_yellow_circle 🟡|large_orange_circle 🟠|large_purple_circle 🟣|large_brown_circle 🟤
red_circle 🔴|white_circle ⚪|black_circle ⚫|large_green_square 🟩|large_blue_square 🟦|large_yellow_square 🟨|large_orange_square 🟧|large_red_square 🟥
large_purple_square 🟪|white_large_square ⬜|black_large_square ⬛|white_check_mark ✅|heavy_check_mark ✔️|ballot_box_with_check ☑️|x ❌|negative_squared_cross_mark ❎
o ⭕|package 📦|shopping_bags 🛍️|shopping_trolley 🛒|handbag 👜|hourglass ⌛|hourglass_flowing_sand ⏳|alarm_clock ⏰|stopwatch ⏱️|timer_clock ⏲️|watch ⌚
clock1 🕐|clock2 🕑|clock3 🕒|clock4 🕓|clock5 🕔|clock6 🕕|clock7 🕖|clock8 🕗|clock9 🕘|clock10 🕙|clock11 🕚|clock12 🕛|clock130 🕜|clock930 🕤
truck 🚚|articulated_lorry 🚛|car 🚗|blue_car 🚙|bike 🚲|scooter 🛴|motor_scooter 🛵|warning ⚠️|leaves 🍃|herb 🌿|seedling 🌱|four_leaf_clover 🍀|maple_leaf 🍁
fallen_leaf 🍂|deciduous_tree 🌳|evergreen_tree 🌲|cactus 🌵|bell 🔔|no_bell 🔕|no_entry ⛔|no_entry_sign 🚫|raising_hand 🙋|eyes 👀|lock 🔒|unlock 🔓|key 🔑
closed_lock_with_key 🔐|label 🏷️|bookmark 🔖|receipt 🧾|memo 📝|pencil 📝|pencil2 ✏️|clipboard 📋|page_facing_up 📄|file_folder 📁|open_file_folder 📂|inbox_tray 📥
outbox_tray 📤|mailbox 📫|mailbox_with_mail 📬|envelope ✉️|email 📧|incoming_envelope 📨|phone ☎️|telephone_receiver 📞|iphone 📱|calling 📲|computer 💻|desktop_computer 🖥️
printer 🖨️|credit_card 💳|moneybag 💰|dollar 💵|money_with_wings 💸|heavy_dollar_sign 💲|coin 🪙|bank 🏦|convenience_store 🏪|department_store 🏬|house 🏠|office 🏢
round_pushpin 📍|pushpin 📌|paperclip 📎|link 🔗|mag 🔍|mag_right 🔎|bulb 💡|gear ⚙️|wrench 🔧|hammer 🔨|hammer_and_wrench 🛠️|electric_plug 🔌|battery 🔋|satellite_antenna 📡
chart_with_upwards_trend 📈|chart_with_downwards_trend 📉|bar_chart 📊|calendar 📆|date 📅|spiral_calendar_pad 🗓️|card_index 📇|scroll 📜|books 📚|newspaper 📰
tada 🎉|confetti_ball 🎊|sparkles ✨|star ⭐|star2 🌟|fire 🔥|zap ⚡|boom 💥|rocket 🚀|trophy 🏆|medal 🏅|first_place_medal 🥇|gift 🎁|balloon 🎈|crown 👑|gem 💎|100 💯
heart ❤️|green_heart 💚|blue_heart 💙|yellow_heart 💛|purple_heart 💜|orange_heart 🧡|broken_heart 💔|thumbsup 👍|+1 👍|thumbsdown 👎|-1 👎|ok_hand 👌|wave 👋|clap 👏
raised_hands 🙌|pray 🙏|muscle 💪|point_right 👉|point_left 👈|point_up ☝️|point_down 👇|point_up_2 👆|hand ✋|raised_hand ✋|v ✌️|handshake 🤝|writing_hand ✍️|crossed_fingers 🤞
smile 😄|smiley 😃|grinning 😀|slightly_smiling_face 🙂|blush 😊|wink 😉|joy 😂|laughing 😆|sweat_smile 😅|heart_eyes 😍|sunglasses 😎|thinking_face 🤔|neutral_face 😐
confused 😕|cry 😢|sob 😭|scream 😱|angry 😠|rage 😡|sleeping 😴|zzz 💤|partying_face 🥳|relieved 😌|upside_down_face 🙃|shrug 🤷|facepalm 🤦|face_with_monocle 🧐|nerd_face 🤓
robot_face 🤖|ghost 👻|skull 💀|bust_in_silhouette 👤|busts_in_silhouette 👥|shopper 🛍️|runner 🏃|walking 🚶|couple 👫|id 🆔|new 🆕|free 🆓|ok 🆗|up 🆙|cool 🆒|sos 🆘
information_source ℹ️|question ❓|grey_question ❔|exclamation ❗|heavy_exclamation_mark ❗|grey_exclamation ❕|bangbang ‼️|interrobang ⁉️|speech_balloon 💬|thought_balloon 💭
left_speech_bubble 🗨️|loudspeaker 📢|mega 📣|mute 🔇|speaker 🔈|sound 🔉|loud_sound 🔊|arrow_right ➡️|arrow_left ⬅️|arrow_up ⬆️|arrow_down ⬇️|arrow_upper_right ↗️
arrow_right_hook ↪️|leftwards_arrow_with_hook ↩️|arrows_counterclockwise 🔄|arrows_clockwise 🔃|repeat 🔁|rewind ⏪|fast_forward ⏩|arrow_forward ▶️|double_vertical_bar ⏸️
black_square_for_stop ⏹️|red_circle_record ⏺️|small_blue_diamond 🔹|small_orange_diamond 🔸|large_blue_diamond 🔷|large_orange_diamond 🔶|small_red_triangle 🔺|small_red_triangle_down 🔻
heavy_plus_sign ➕|heavy_minus_sign ➖|heavy_multiplication_x ✖️|radio_button 🔘|recycle ♻️|rotating_light 🚨|construction 🚧|vertical_traffic_light 🚦|octagonal_sign 🛑|stop_sign 🛑
checkered_flag 🏁|triangular_flag_on_post 🚩|waving_white_flag 🏳️|shield 🛡️|pill 💊|thermometer 🌡️|smoking 🚬|no_smoking 🚭|cookie 🍪|chocolate_bar 🍫|candy 🍬|lollipop 🍭
tea 🍵|coffee ☕|beer 🍺|pizza 🍕|green_apple 🍏|mushroom 🍄|honey_pot 🍯|droplet 💧|sunny ☀️|partly_sunny ⛅|cloud ☁️|umbrella ☔|snowflake ❄️|crescent_moon 🌙|earth_americas 🌎
one 1️⃣|two 2️⃣|three 3️⃣|four 4️⃣|five 5️⃣|six 6️⃣|seven 7️⃣|eight 8️⃣|nine 9️⃣|keycap_ten 🔟|zero 0️⃣|hash #️⃣|wastebasket 🗑️|broom 🧹|door 🚪|test_tube 🧪|scales ⚖️|balance_scale ⚖️
`;

const CODES = new Map(
  TABLE.split(/[|\n]/)
    .filter(Boolean)
    .map((entry) => entry.split(" ")),
);

/** The character of a short code, or null. Skin tones are accepted and ignored. */
export const emojiOf = (name) => CODES.get(name.replace(/::skin-tone-\d/, "").toLowerCase()) ?? null;

export function emojiNode(name, unicode) {
  const sign = emojiOf(name) ?? fromCodePoints(unicode);
  return sign ? h("span", { class: "emoji", role: "img", "aria-label": name.replaceAll("_", " "), title: `:${name}:` }, sign) : document.createTextNode(`:${name}:`);
}

function fromCodePoints(unicode) {
  try {
    return unicode ? String.fromCodePoint(...unicode.split("-").map((hex) => parseInt(hex, 16))) : null;
  } catch {
    return null;
  }
}

const CODE = /:([a-z0-9_+'-]+(?:::skin-tone-[2-6])?):/gi;

/** Plain text with its short codes drawn; line breaks stay. */
export function withEmoji(text) {
  const nodes = [];
  let from = 0;
  for (const match of (text ?? "").matchAll(CODE)) {
    if (!emojiOf(match[1])) continue;
    nodes.push(text.slice(from, match.index), emojiNode(match[1]));
    from = match.index + match[0].length;
  }
  nodes.push((text ?? "").slice(from));
  return nodes.filter((node) => node !== "");
}

/** Short codes as characters, where only text can stand (an <option>, a tooltip, a spoken sentence). */
export const emojiText = (text) => (text ?? "").replace(CODE, (whole, name) => emojiOf(name) ?? whole);

/** True for a message of nothing but up to a handful of emoji, which is drawn large. */
export function isOnlyEmoji(text) {
  const rest = emojiText((text ?? "").trim());
  return rest.length > 0 && /^(?:[\p{Extended_Pictographic}\u{FE0F}\u{200D}\u{1F3FB}-\u{1F3FF}]|\s){1,16}$/u.test(rest);
}
