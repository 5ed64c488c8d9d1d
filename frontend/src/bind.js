/**
 * Templates of the page, filled with values. The server writes them, in the page's language:
 *
 * - `{name}` in a text or an attribute is the value of that name, as text;
 * - an attribute that is nothing but `{name}` is left out where that value is empty;
 * - `<template data-if="name">` (or `data-unless`) is kept if the value is true (or not);
 * - `<template data-each="name">` is repeated for the values of a list, with the others around;
 * - `<template data-number="name">` holds a `<template data-form>` for each form that the language
 *   has for numbers, `one` and `other`;
 * - `<template data-nodes="name">` gives way to elements.
 */
import { fill } from "./words.js";

const ONE_SLOT = /^\{(\w+)\}$/;

function fillAttributes(element, values) {
  for (const { name, value } of [...element.attributes]) {
    if (!value.includes("{")) continue;
    const slot = ONE_SLOT.exec(value)?.[1];
    const isEmpty = slot && (values[slot] === "" || values[slot] === null);
    if (isEmpty) element.removeAttribute(name);
    else element.setAttribute(name, fill(value, values));
  }
}

function expanded(template, values, language) {
  const { if: wanted, unless, each, number, nodes } = template.dataset;
  if (nodes) return values[nodes];
  if (each) {
    return values[each].map((item) => bound(template, { ...values, ...item }, language));
  }
  if (number) {
    const form = new Intl.PluralRules(language).select(values[number]);
    const forms = template.content;
    const chosen =
      forms.querySelector(`[data-form="${form}"]`) ?? forms.querySelector('[data-form="other"]');
    return [bound(chosen, values, language)];
  }
  const isKept = unless ? !values[unless] : Boolean(values[wanted]);
  return isKept ? [bound(template, values, language)] : [];
}

function fillIn(node, values, language) {
  for (const child of [...node.childNodes]) {
    if (child.nodeName === "TEMPLATE") {
      child.replaceWith(...expanded(child, values, language));
    } else if (child.nodeType === Node.TEXT_NODE) {
      child.nodeValue = fill(child.nodeValue, values);
    } else if (child.nodeType === Node.ELEMENT_NODE) {
      fillAttributes(child, values);
      fillIn(child, values, language);
    }
  }
}

/**
 * @param {HTMLTemplateElement} template
 * @param {Record<string, *>} values
 * @param {string} language - BCP 47
 * @returns {DocumentFragment}
 */
export function bound(template, values, language) {
  const copy = template.content.cloneNode(true);
  fillIn(copy, values, language);
  return copy;
}
