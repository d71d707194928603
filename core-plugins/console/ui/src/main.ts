import { mount } from 'svelte';
import Root from './app/root.svelte';
import './styles/app.css';

const target = document.getElementById('app');
if (target) mount(Root, { target });
